# sweep.awk - the table of bench/sweep.
#
#   awk -f sweep.awk -v unit=ns -v plot=FILE RAW
#
# RAW: "kind bytes library cost lost" a line, several for each kind, size and library: medians count.
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
    cost[key, ++n[key]] = $4
    lost[key, n[key]] = $5
    has_lost = $5 != "-"
    if (!($2 in known)) {
        known[$2] = 1
        size[++sizes] = $2
    }
}

function column(kind, bytes, name,    key) {
    key = kind SUBSEP bytes SUBSEP name
    return n[key] ? median(cost, key, n[key]) : 0
}

function loss(kind, bytes, name,    key) {
    key = kind SUBSEP bytes SUBSEP name
    return n[key] ? median(lost, key, n[key]) : 0
}

END {
    printf "%s per object, allocation with its share of collections and sweeping; bytes lost per object\n", \
           unit
    printf "%7s | %26s | %26s | %17s\n", "", "cleared, scanned", "pointer-free", "lost (both kinds)"
    printf "%7s | %9s %9s %6s | %9s %9s %6s | %8s %8s\n", "bytes", "stock", "ours", "ratio", "stock", "ours", \
           "ratio", "stock", "ours"
    for (i = 1; i <= sizes; i++) {
        b = size[i]
        printf "%7d |", b
        for (kind = 1; kind >= 0; kind--) {
            s = column(kind, b, "stock")
            o = column(kind, b, "ours")
            printf " %9.1f %9.1f %6.2f |", s, o, (o > 0 ? s / o : 0)
            if (s > 0 && o > 0) {
                log_sum[kind] += log(s / o)
                counted[kind]++
            }
        }
        if (has_lost) {
            printf " %8.1f %8.1f", loss(1, b, "stock"), loss(1, b, "ours")
            share = loss(1, b, "ours") / (b + loss(1, b, "ours")) * 100
            if (b >= 128 && share > worst) {
                worst = share
                worst_at = b
            }
            printf "%d %.2f %.2f %.2f %.2f %.2f %.2f\n", b, column(1, b, "stock"), column(1, b, "ours"), \
                   column(0, b, "stock"), column(0, b, "ours"), loss(1, b, "stock") / b * 100, \
                   loss(1, b, "ours") / b * 100 > plot
        }
        printf "\n"
    }
    printf "geometric means of the ratios: %.2f cleared, %.2f pointer-free\n", \
           exp(log_sum[1] / counted[1]), exp(log_sum[0] / counted[0])
    if (worst > 0)
        printf "from 128 bytes on ours loses most at %d bytes: %.1f percent of the slot\n", worst_at, worst
}
