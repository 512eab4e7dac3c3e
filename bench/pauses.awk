# pauses.awk - the tables of pauses that "run --pauses" prints.
#
#   awk -f pauses.awk -v libraries="stock=DIR ours=DIR [NAME=DIR...]" RAW
#
# Rows come in pairs, NAME and NAME-incremental.  A stop is what the collector's events say; an
# operation is what the program's own clock says, whatever the reason was.  Of several runs the
# median is shown, of the histograms the sum.  Exits with 1 if a run failed, save those of the first
# library in incremental mode, or if two runs of a program differ in their result.
#
# SPDX-License-Identifier: MIT

function take(    i, eq) {
    split("", f)
    for (i = 1; i <= NF; i++) {
        eq = index($i, "=")
        if (eq > 0)
            f[substr($i, 1, eq - 1)] = substr($i, eq + 1)
    }
}

# Median of v[key, what, 1..n[key]]; "" when there is none.
function median(key, what,    i, j, t, s, count) {
    count = n[key] + 0
    for (i = 1; i <= count; i++) {
        if (!((key, what, i) in v))
            return ""
        t = v[key, what, i] + 0
        for (j = i - 1; j > 0 && s[j] > t; j--)
            s[j + 1] = s[j]
        s[j + 1] = t
    }
    return count == 0 ? "" : count % 2 ? s[(count + 1) / 2] : (s[count / 2] + s[count / 2 + 1]) / 2
}

function ms(x) {
    return x == "" ? "-" : sprintf("%.2f", x / 1e6)
}

function add_histogram(key, what, text,    part, i, k) {
    k = split(text, part, ",")
    for (i = 1; i <= k; i++)
        hist[key, what, i] += part[i]
}

BEGIN {
    library_count = split(libraries, library, " ")
    for (i = 1; i <= library_count; i++)
        sub(/=.*/, "", library[i])
    limits = "<0.1ms <0.3ms <1ms <3ms <10ms <30ms <100ms <300ms longer"
    limit_count = split(limits, limit, " ")
    wanted = split("wall_ns user_us sys_us maxrss_kb stop_n stop_max_ns stop_p50_ns stop_p99_ns " \
                   "op_max_ns op_p99_ns op_p9999_ns full_us minor_us", field, " ")
}

{
    take()
    row = f["row"]
    program = row
    sub(/-incremental$/, "", program)
    key = row SUBSEP f["lib"]
    if (!(program in seen)) {
        seen[program] = 1
        name[++program_count] = program
    }
    if (f["status"] != "ok") {
        failed[key] = f["status"]
        if (row == program || f["lib"] != library[1])
            failures[++failure_count] = row " with " f["lib"] ": " f["status"]
        next
    }
    if (program in work && work[program] != f["work"])
        failures[++failure_count] = row " with " f["lib"] ": result " f["work"] ", but " work[program]
    work[program] = f["work"]
    n[key]++
    for (i = 1; i <= wanted; i++)
        if (field[i] in f)
            v[key, field[i], n[key]] = f[field[i]]
    add_histogram(key, "stop", f["stop_hist"])
    add_histogram(key, "op", f["op_hist"])
}

# For each library and mode: sets key, base (its stop-the-world row) and title; number m of that
# program's lines.
function line(program, m,    j) {
    j = int((m + 1) / 2)
    base = program SUBSEP library[j]
    key = (m % 2 ? program : program "-incremental") SUBSEP library[j]
    title = sprintf("%-12s %-18s", program, library[j] (m % 2 ? "" : " incremental"))
    if (key in failed)
        return failed[key] == "signal-6" ? "ABORTED" : "FAILED: " failed[key]
    return n[key] ? "" : "not measured"
}

# Time and memory beside the same library's stop-the-world mode.
function beside(what,    a, b) {
    a = median(key, what)
    b = median(base, what)
    return key == base || a == "" || b + 0 == 0 ? "" : sprintf("%.2f", a / b)
}

function pause_rows(program,    m, bad) {
    for (m = 1; m <= 2 * library_count; m++) {
        bad = line(program, m)
        if (bad != "")
            print title " " bad
        else
            printf "%s %7.2f %5s %6.0f %5s %6d %9s %8s %8s %10s %8s\n", title, median(key, "wall_ns") / 1e9, \
                   beside("wall_ns"), median(key, "maxrss_kb") / 1024, beside("maxrss_kb"), median(key, "stop_n"), \
                   ms(median(key, "stop_max_ns")), ms(median(key, "stop_p99_ns")), ms(median(key, "stop_p50_ns")), \
                   ms(median(key, "op_max_ns")), ms(median(key, "op_p9999_ns"))
    }
}

function histogram_head(words,    i) {
    printf "\n%-31s", words
    for (i = 1; i <= limit_count; i++)
        printf " %9s", limit[i]
    print ""
}

function histogram_rows(program, what,    m, i) {
    for (m = 1; m <= 2 * library_count; m++) {
        if (line(program, m) != "" || !((key, what, 1) in hist))
            continue
        printf "%s", title
        for (i = 1; i <= limit_count; i++)
            printf " %9d", hist[key, what, i]
        print ""
    }
}

function generation_rows(program,    m, bad, full, minor) {
    for (m = 1; m <= 2 * library_count; m++) {
        bad = line(program, m)
        full = median(key, "full_us")
        minor = median(key, "minor_us")
        if (bad != "")
            print title " " bad
        else
            printf "%s %9.2f %9.2f %6.2f\n", title, full / 1e3, minor / 1e3, (minor > 0 ? full / minor : 0)
    }
}

END {
    printf "%-31s %7s %5s %6s %5s %6s %27s %19s\n", "", "time", "ratio", "memory", "ratio", "", "stops, ms", \
           "operations, ms"
    printf "%-12s %-18s %7s %5s %6s %5s %6s %9s %8s %8s %10s %8s\n", "program", "library", "s", "", "MB", "", \
           "stops", "longest", "99%", "median", "longest", "99.99%"
    for (i = 1; i <= program_count; i++)
        if (name[i] != "generations")
            pause_rows(name[i])
    histogram_head("stops of the world")
    for (i = 1; i <= program_count; i++)
        histogram_rows(name[i], "stop")
    histogram_head("operations, by their latency")
    for (i = 1; i <= program_count; i++)
        histogram_rows(name[i], "op")
    if ("generations" in seen) {
        printf "\n%-31s %9s %9s %6s\n", "processor time of a cycle, ms", "full", "minor", "ratio"
        generation_rows("generations")
    }
    print "\nratio: incremental mode beside the same library's stopping of the world"
    for (i = 1; i <= failure_count; i++)
        print "FAILED: " failures[i]
    exit failure_count > 0
}
