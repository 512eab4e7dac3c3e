# pauses.gp - histograms of the pauses of each program; run where pauses.dat lies.
# One block per program, all runs added up: bin, pauses with the stock library, with ours. The bins end at
# 0.1, 0.3, 1, 3, 10, 30, 100 and 300 ms.
#
# SPDX-License-Identifier: MIT
set terminal svg size 1400,1200 font "sans,10" background "white"
set output "pauses.svg"
stats "pauses.dat" using 2 nooutput
panels = STATS_blocks
set multiplot layout ceil(panels / 4.0),4 title "Pauses by length: how many (all runs), logarithmic"
set style data histogram
set style histogram clustered gap 1
set style fill solid 0.8 noborder
set logscale y
set xrange [-0.6:8.6]
set yrange [0.5:10000]
set xtics ("<.1" 0, ".3" 1, "1" 2, "3" 3, "10" 4, "30" 5, "100" 6, "300 ms" 7, "more" 8)
set grid ytics
set key autotitle columnhead
do for [i = 0:panels - 1] {
    name = system(sprintf("grep '^\"' pauses.dat | sed -n '%dp' | tr -d '\"'", i + 1))
    set title name noenhanced
    plot "pauses.dat" index i using 2 lc rgb "#b03030" title (i == 0 ? "stock" : ""), \
         "" index i using 3 lc rgb "#3050b0" title (i == 0 ? "ours" : "")
}
unset multiplot
