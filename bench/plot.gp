# plot.gp - the ratios of bench/run as bars; run where bench.dat lies.
# Time and CPU: other / ours, longer is better.  Memory: ours / other, shorter
# is better.
#
# SPDX-License-Identifier: MIT
set terminal svg size 1200,560 font "sans,12"
set output "bench.svg"
set title "Tidemark compared with the stock libgc"
set style data histogram
set style histogram clustered gap 1
set style fill solid 0.8
set key top left
set grid ytics
set xtics rotate by -40 noenhanced
set ylabel "ratio"
set yrange [0:*]
set arrow from graph 0, first 1 to graph 1, first 1 nohead lt -1
plot "bench.dat" using 2:xtic(1) title "time, stock/ours", \
     "" using 3 title "CPU, stock/ours", \
     "" using 4 title "peak memory, ours/stock"
