# stats.awk - collections and pauses from the log of a run with GC_PRINT_STATS=1
#
# Understands libgc's own lines ("World-stopped marking took 3 ms 250000 ns",
# before 8.2 "... took 3 msecs") and Tidemark's closing line, which wins:
# "Tidemark: collections N, longest pause X us, total pause Y us".
# Prints gcs= maxpause_ns= totalpause_ns= as table.awk wants them, or nothing
# if the log has none of these.
#
# SPDX-License-Identifier: MIT

/^Tidemark: collections [0-9]+, longest pause [0-9.]+ us, total pause [0-9.]+ us/ {
    own = 1
    own_gcs = $3 + 0
    own_max = ($6 + 0) * 1000
    own_total = ($10 + 0) * 1000
}

/^GC #[0-9]+ freed/ {
    n = substr($2, 2) + 0
    if (n > gcs)
        gcs = n
    seen = 1
}

/^World-stopped marking took [0-9]+ ms(ecs)?/ {
    pause = $4 * 1000000
    if ($5 == "ms" && $7 ~ /^ns/)
        pause += $6
    if (pause > max)
        max = pause
    total += pause
    seen = 1
}

END {
    if (own)
        printf "gcs=%.0f maxpause_ns=%.0f totalpause_ns=%.0f\n", own_gcs, own_max, own_total
    else if (seen)
        printf "gcs=%.0f maxpause_ns=%.0f totalpause_ns=%.0f\n", gcs, max, total
}
