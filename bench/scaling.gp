# scaling.gp - time for the same work by markers or threads; run where scaling.dat lies.
# One block per row: n, time relative to n = 1 with the stock library, with ours.
#
# SPDX-License-Identifier: MIT
set terminal svg size 1300,700 font "sans,10" background "white"
set output "scaling.svg"
stats "scaling.dat" using 2 nooutput
panels = STATS_blocks
set multiplot layout ceil(panels / 4.0),4 title "Time for the same work with n markers or threads (1 = one alone)"
set key autotitle columnhead
set grid
set xrange [0.8:8.2]
set yrange [0:2.5]
do for [i = 0:panels - 1] {
    name = system(sprintf("grep '^\"' scaling.dat | sed -n '%dp' | tr -d '\"'", i + 1))
    set title name noenhanced
    plot "scaling.dat" index i using 1:2 with linespoints pt 7 lc rgb "#b03030" title (i == 0 ? "stock" : ""), \
         "" index i using 1:3 with linespoints pt 7 lc rgb "#3050b0" title (i == 0 ? "ours" : ""), \
         1.1 with lines dt 2 lc rgb "#808080" title ""
}
unset multiplot
