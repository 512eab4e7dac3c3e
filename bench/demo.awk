# demo.awk - the readable table of demo-table; loaded after table.awk, whose
# reading of the measurements and whose medians it uses (with quiet=1).
#
# SPDX-License-Identifier: MIT

function title_of(r) {
    if (r == "guile")
        return "Guile: trees, lists, strings, closures, bignums"
    if (r == "ecl")
        return "ECL: trees, lists, strings, vectors, bignums"
    if (r == "bintrees-1")
        return "Binary trees, one thread"
    if (r == "bintrees-4")
        return "Binary trees, four threads"
    return r
}

# One measure; a and b are in the unit shown, better is the factor by which
# the second library is ahead.
function demo_line(title, format, a, b, unit) {
    if (a == "" || b == "" || a + 0 == 0 || b + 0 == 0)
        return
    printf "  %-24s " format " %-3s" format (unit == "" ? "" : " " unit), title, a, unit, b
    if (unit == "")
        printf "\n"
    else if (a < 1.01 * b && b < 1.01 * a)
        printf "   the same\n"
    else if (a >= b)
        printf "   %6.2f times less\n", a / b
    else
        printf "   %6.2f times more\n", b / a
}

END {
    printf "\n%-26s %14s %14s\n", "", "stock libgc", "Tidemark"
    for (i = 1; i <= row_count; i++) {
        r = row_name[i]
        a = r SUBSEP library[1]
        b = r SUBSEP library[2]
        printf "\n%s\n", title_of(r)
        if ((a in failed) || (b in failed) || !n[a] || !n[b]) {
            printf "  FAILED: stock %s, Tidemark %s\n", \
                   (a in failed) ? failed[a] : "ok", (b in failed) ? failed[b] : "ok"
            continue
        }
        demo_line("time", "%10.2f", m_wall[a] / 1e9, m_wall[b] / 1e9, "s")
        demo_line("processor time", "%10.2f", m_cpu[a] / 1e6, m_cpu[b] / 1e6, "s")
        demo_line("peak resident memory", "%10.1f", m_rss[a] / 1024, m_rss[b] / 1024, "MB")
        demo_line("longest pause", "%10.2f", m_pause[a] / 1e6, m_pause[b] / 1e6, "ms")
        demo_line("collections", "%10.0f", m_gcs[a], m_gcs[b], "")
    }
    k = n[row_name[1] SUBSEP library[1]]
    printf "\nMedians of %d run%s each, taken alternately; the pause is the longest of each run.\n", \
           k, (k == 1 ? "" : "s")
    exit failure_count > 0
}
