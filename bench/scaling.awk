# scaling.awk - the table of bench/scaling.
#
#   awk -f scaling.awk -v threads="1 2 4" -v plot=FILE RAW
#
# RAW: "row library n value" a line, several of each: medians count. Exits with 1 if ours is slower with
# any n than with 1 by over 10 percent.
#
# SPDX-License-Identifier: MIT

function median(v, key, n,    i, j, t, s) {
    for (i = 1; i <= n; i++) {
        t = v[key, i] + 0
        for (j = i - 1; j > 0 && s[j] > t; j--)
            s[j + 1] = s[j]
        s[j + 1] = t
    }
    return n % 2 ? s[(n + 1) / 2] : (s[n / 2] + s[n / 2 + 1]) / 2
}

{
    key = $1 SUBSEP $2 SUBSEP $3
    value[key, ++n[key]] = $4
    if (!($1 in known)) {
        known[$1] = 1
        row[++rows] = $1
    }
}

END {
    count = split(threads, number, " ")
    libraries = split("stock ours", library, " ")
    printf "%-16s %-6s", "", ""
    for (k = 1; k <= count; k++)
        printf " %7d", number[k]
    printf "   stock/ours with 1 and %d\n", number[count]
    for (i = 1; i <= rows; i++) {
        printf "%s\"%s\"\n", (i > 1 ? "\n\n" : ""), row[i] > plot
        for (l = 1; l <= libraries; l++) {
            printf "%-16s %-6s", (l == 1 ? row[i] : ""), library[l]
            slow = ""
            for (k = 1; k <= count; k++) {
                key = row[i] SUBSEP library[l] SUBSEP number[k]
                m[l, k] = median(value, key, n[key])
                share = m[l, 1] > 0 ? m[l, k] / m[l, 1] : 0
                printf " %7.2f", share
                if (share > 1.10 && library[l] == "ours")
                    slow = slow " " number[k]
            }
            if (library[l] == "ours")
                printf "   %.2f %.2f", (m[2, 1] > 0 ? m[1, 1] / m[2, 1] : 0), \
                       (m[2, count] > 0 ? m[1, count] / m[2, count] : 0)
            printf "%s\n", (slow != "" ? "   SLOWER with" slow : "")
            broken += slow != ""
        }
        for (k = 1; k <= count; k++)
            printf "%d %.3f %.3f\n", number[k], m[1, k] / m[1, 1], m[2, k] / m[2, 1] > plot
    }
    print broken ? broken " rows where more threads cost more than 10 percent" : \
          "nowhere do more threads cost more than 10 percent"
    exit broken > 0
}
