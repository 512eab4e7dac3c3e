# table.awk - medians, ratios and geometric means of what measure recorded.
#
#   awk -f table.awk -v libraries="stock=DIR ours=DIR [NAME=DIR...]" \
#       [-v json=FILE] [-v goals=FILE] [-v plot=FILE] [-v pauses=FILE] [-v quiet=1] RAW
#
# The first library is the one the others are compared with.  Time and CPU
# ratios are first/other (larger is better for the other), the ratio of peak
# resident sizes is other/first (smaller is better).  The longest pause is the
# median over the runs of each run's longest.  Exits with 1 if a run failed or
# two runs of a row differ in their result ("work").  goals: the rows as run has them.
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

# Median of value[key, 1..n]; "" when there is none.
function median(value, key, n,    i, j, t, s) {
    if (n == 0)
        return ""
    for (i = 1; i <= n; i++) {
        t = value[key, i] + 0
        for (j = i - 1; j > 0 && s[j] > t; j--)
            s[j + 1] = s[j]
        s[j + 1] = t
    }
    return n % 2 ? s[(n + 1) / 2] : (s[n / 2] + s[n / 2 + 1]) / 2
}

function ratio(a, b) {
    return a > 0 && b > 0 ? a / b : 0
}

function show_ratio(r) {
    return r > 0 ? sprintf("%.2f", r) : "-"
}

function show_ms(ns) {
    return ns == "" || ns + 0 == 0 ? "-" : sprintf("%.2f", ns / 1e6)
}

function show_count(n) {
    return n == "" ? "-" : sprintf("%.0f", n)
}

# "row|group|environment|command|time memory [collect|cpu]"
function read_goals(    line, part, goal) {
    while ((getline line < goals) > 0) {
        split(line, part, "|")
        split(part[5], goal, " ")
        goal_time[part[1]] = goal[1]
        goal_memory[part[1]] = goal[2]
        goal_of[part[1]] = goal[3]
    }
    close(goals)
}

BEGIN {
    if (goals != "")
        read_goals()
    library_count = split(libraries, part, " ")
    for (i = 1; i <= library_count; i++) {
        library[i] = part[i]
        sub(/=.*/, "", library[i])
        directory[i] = part[i]
        sub(/^[^=]*=/, "", directory[i])
    }
}

{
    take()
    row = f["row"]
    key = row SUBSEP f["lib"]
    if (!(row in group_of)) {
        row_name[++row_count] = row
        group_of[row] = f["group"]
    }
    if (f["status"] == "stats") {
        gcs[key, ++stats_n[key]] = f["gcs"]
        pause[key, stats_n[key]] = f["maxpause_ns"]
        next
    }
    if (f["status"] != "ok") {
        failed[key] = f["status"]
        failures[++failure_count] = sprintf("%s with %s, pair %s: %s", row, f["lib"], f["pair"], f["status"])
        next
    }
    if (!(row in work)) {
        work[row] = f["work"]
        work_from[row] = f["lib"]
    } else if (work[row] != f["work"]) {
        failed[key] = "wrong"
        failures[++failure_count] = sprintf("%s with %s, pair %s: result %s, but %s with %s", \
                                            row, f["lib"], f["pair"], f["work"], work[row], work_from[row])
        next
    }
    k = ++n[key]
    wall[key, k] = f["wall_ns"]
    cpu[key, k] = f["user_us"] + f["sys_us"]
    rss[key, k] = f["maxrss_kb"]
    if ("gcs" in f && "maxpause_ns" in f) {
        gcs[key, ++stats_n[key]] = f["gcs"]
        pause[key, stats_n[key]] = f["maxpause_ns"]
    }
    if ("pause_hist" in f) {
        bins = split(f["pause_hist"], part, ",")
        for (i = 1; i <= bins; i++)
            hist[key, i] += part[i]
        if (group_of[row] == "gc" && f["pauses"] > 0)
            has_hist[row] = 1
    }
    if ("resident_mb" in f) {
        after[key, ++after_n[key]] = f["resident_mb"]
        later[key, after_n[key]] = f["resident_later_mb"]
        has_resident[row] = 1
    }
    if ("collect_ms" in f) {
        collect[key, k] = f["collect_ms"]
        has_collect[row] = 1
    }
}

# Medians of all rows with all libraries.
function summarize(    i, j) {
    for (i = 1; i <= row_count; i++)
        for (j = 1; j <= library_count; j++) {
            key = row_name[i] SUBSEP library[j]
            m_wall[key] = median(wall, key, n[key])
            m_cpu[key] = median(cpu, key, n[key])
            m_rss[key] = median(rss, key, n[key])
            m_gcs[key] = median(gcs, key, stats_n[key])
            m_pause[key] = median(pause, key, stats_n[key])
            m_collect[key] = row_name[i] in has_collect ? median(collect, key, n[key]) : ""
            m_after[key] = median(after, key, after_n[key])
            m_later[key] = median(later, key, after_n[key])
        }
}

function add_to_mean(kind, r) {
    if (r > 0) {
        log_sum[kind] += log(r)
        log_n[kind]++
    }
}

function mean(kind) {
    return log_n[kind] ? exp(log_sum[kind] / log_n[kind]) : 0
}

# How the goals of a row were met; a ratio that rounds to the goal meets it.
function verdict(r, a, b, w, c, s,    t, text, unmet) {
    if (goal_time[r] == "")
        return ""
    t = w
    if (goal_of[r] == "cpu")
        t = c
    else if (goal_of[r] == "collect")
        t = ratio(m_collect[a], m_collect[b])
    text = (goal_of[r] != "" ? goal_of[r] " " show_ratio(t) " of " : "") goal_time[r]
    unmet = t < goal_time[r] - 0.005
    if (goal_memory[r] != "") {
        text = text ", " goal_memory[r]
        if (s > goal_memory[r] + 0.005)
            unmet += 2
    }
    goals_seen++
    goals_met += unmet == 0
    return (unmet == 0 ? "met   " : unmet == 1 ? "time  " : unmet == 2 ? "memory" : "both  ") " (" text ")"
}

function print_row(r, base, name, other,    a, b, kind, w, c, s) {
    a = r SUBSEP base
    b = r SUBSEP other
    if ((a in failed) || (b in failed)) {
        printf "%-20s  FAILED: %s%s%s\n", r, (a in failed) ? base " " failed[a] : "", \
               (a in failed) && (b in failed) ? ", " : "", (b in failed) ? other " " failed[b] : ""
        return
    }
    if (!n[a] || !n[b]) {
        printf "%-20s  not measured\n", r
        return
    }
    w = ratio(m_wall[a], m_wall[b])
    c = ratio(m_cpu[a], m_cpu[b])
    s = ratio(m_rss[b], m_rss[a])
    kind = group_of[r] == "malloc" ? "malloc" : "gc"
    add_to_mean(kind "wall" other, w)
    add_to_mean(kind "cpu" other, c)
    add_to_mean(kind "rss" other, s)
    if (m_pause[a] > 0 && m_pause[b] > 0)
        add_to_mean(kind "pause" other, ratio(m_pause[a], m_pause[b]))
    printf "%-20s %8.3f %8.3f %6s %6s %7.0f %7.0f %6s %8s %8s %6s %6s  %s\n", r, m_wall[a] / 1e9, m_wall[b] / 1e9, \
           show_ratio(w), show_ratio(c), m_rss[a] / 1024, m_rss[b] / 1024, show_ratio(s), show_ms(m_pause[a]), \
           show_ms(m_pause[b]), show_count(m_gcs[a]), show_count(m_gcs[b]), verdict(r, a, b, w, c, s)
    if (plot != "" && name == library[2])
        printf "\"%s\" %.4f %.4f %.4f\n", r, w, c, s > plot
}

function print_mean(title, kind, other) {
    if (log_n[kind "wall" other])
        printf "%-20s %8s %8s %6s %6s %7s %7s %6s %8s %8s\n", title, "", "", show_ratio(mean(kind "wall" other)), \
               show_ratio(mean(kind "cpu" other)), "", "", show_ratio(mean(kind "rss" other)), \
               log_n[kind "pause" other] ? "ratio" : "", \
               log_n[kind "pause" other] ? show_ratio(mean(kind "pause" other)) : ""
}

function print_table(base, other,    i, r, any, a, b) {
    printf "\n%-20s %17s %6s %6s %15s %6s %17s %13s  %s\n", "", "time, s", "time", "CPU", "peak, MB", "peak", \
           "longest pause, ms", "collections", goals != "" ? "goals unmet (time, peak)" : ""
    printf "%-20s %8s %8s %6s %6s %7s %7s %6s %8s %8s %6s %6s\n", "program", base, other, "ratio", "ratio", \
           base, other, "ratio", base, other, base, other
    goals_seen = goals_met = 0
    for (i = 1; i <= row_count; i++)
        if (group_of[row_name[i]] != "malloc")
            print_row(row_name[i], base, other, other)
    print_mean("geometric mean", "gc", other)
    any = 0
    for (i = 1; i <= row_count; i++)
        if (group_of[row_name[i]] == "malloc") {
            if (!any++)
                printf "\nAgainst explicit calloc/free (first column: that malloc, second: %s)\n", other
            print_row(row_name[i], base, other, other)
        }
    print_mean("geometric mean", "malloc", other)
    if (goals_seen)
        printf "\ngoals met: %d of %d rows\n", goals_met, goals_seen
    for (i = 1; i <= row_count; i++) {
        r = row_name[i]
        a = r SUBSEP base
        b = r SUBSEP other
        if ((r in has_collect) && n[a] && n[b])
            printf "%s: one full collection: %s %.1f ms, %s %.1f ms (ratio %s)\n", r, base, m_collect[a], other, \
                   m_collect[b], show_ratio(ratio(m_collect[a], m_collect[b]))
        if ((r in has_resident) && n[a] && n[b])
            printf "%s: resident after the collection: %s %.1f MB, %s %.1f MB; later: %.1f MB, %.1f MB\n", r, base, \
                   m_after[a], other, m_after[b], m_later[a], m_later[b]
    }
}

function number(v) {
    return v == "" ? "null" : sprintf("%.10g", v)
}

function quote(s) {
    gsub(/\\/, "\\\\", s)
    gsub(/"/, "\\\"", s)
    return "\"" s "\""
}

function json_list(value, key, count,    i, s) {
    s = ""
    for (i = 1; i <= count; i++)
        s = s (i > 1 ? ", " : "") number(value[key, i])
    return "[" s "]"
}

function write_json(    i, j, key, other) {
    printf "{\n  \"libraries\": {" > json
    for (j = 1; j <= library_count; j++)
        printf "%s%s: %s", (j > 1 ? ", " : ""), quote(library[j]), quote(directory[j]) > json
    printf "},\n  \"rows\": [" > json
    for (i = 1; i <= row_count; i++) {
        printf "%s\n    {\"row\": %s, \"group\": %s", (i > 1 ? "," : ""), quote(row_name[i]), \
               quote(group_of[row_name[i]]) > json
        for (j = 1; j <= library_count; j++) {
            key = row_name[i] SUBSEP library[j]
            printf ",\n     %s: {\"failed\": %s, \"wall_ns\": %s, \"cpu_us\": %s, \"maxrss_kb\": %s, ", \
                   quote(library[j]), (key in failed) ? quote(failed[key]) : "null", number(m_wall[key]), \
                   number(m_cpu[key]), number(m_rss[key]) > json
            printf "\"gcs\": %s, \"maxpause_ns\": %s, \"collect_ms\": %s, \"resident_mb\": %s, ", \
                   number(m_gcs[key]), number(m_pause[key]), number(m_collect[key]), number(m_after[key]) > json
            printf "\"resident_later_mb\": %s, \"runs\": {\"wall_ns\": %s, \"cpu_us\": %s, \"maxrss_kb\": %s}}", \
                   number(m_later[key]), json_list(wall, key, n[key]), json_list(cpu, key, n[key]), \
                   json_list(rss, key, n[key]) > json
        }
        printf "}" > json
    }
    printf "\n  ],\n  \"geometric_means\": {" > json
    for (j = 2; j <= library_count; j++) {
        other = library[j]
        printf "%s%s: {\"time\": %s, \"cpu\": %s, \"memory\": %s, \"pause\": %s}", (j > 2 ? ", " : ""), quote(other), \
               number(mean("gcwall" other)), number(mean("gccpu" other)), number(mean("gcrss" other)), \
               number(mean("gcpause" other)) > json
    }
    printf "},\n  \"failures\": [" > json
    for (i = 1; i <= failure_count; i++)
        printf "%s%s", (i > 1 ? ", " : ""), quote(failures[i]) > json
    printf "]\n}\n" > json
    close(json)
}

# A block per row for gnuplot's index: bin, pauses with the first two libraries.
function write_pauses(    i, k, r, a, b) {
    for (i = 1; i <= row_count; i++) {
        r = row_name[i]
        if (!(r in has_hist))
            continue
        a = r SUBSEP library[1]
        b = r SUBSEP library[2]
        printf "%s%s\n", (blocks++ ? "\n\n" : ""), quote(r) > pauses
        for (k = 1; k <= bins; k++)
            printf "%d %d %d\n", k, hist[a, k], hist[b, k] > pauses
    }
    close(pauses)
}

function report(    i, j) {
    if (plot != "")
        printf "" > plot
    print "ratios of time and CPU: " library[1] " / other (more is better); of peak resident memory: other / " \
          library[1] " (less is better)"
    for (j = 1; j <= library_count; j++)
        printf "%s: %s/libgc.so.1\n", library[j], directory[j]
    for (j = 2; j <= library_count; j++)
        print_table(library[1], library[j])
    if (json != "")
        write_json()
    if (pauses != "")
        write_pauses()
    for (i = 1; i <= failure_count; i++)
        print "FAILED: " failures[i]
}

END {
    summarize()
    if (!quiet) { # else a file loaded after this one prints
        report()
        exit failure_count > 0
    }
}
