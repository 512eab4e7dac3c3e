# sizes.gp - the size sweep; run where sizes.dat lies.
# Columns: bytes, ns stock and ours of cleared objects, of pointer-free ones, percent lost stock, ours.
#
# SPDX-License-Identifier: MIT
set terminal svg size 1100,900 font "sans,12" background "white"
set output "sizes.svg"
set multiplot layout 2,1
set logscale x 2
set grid
set key top left
set xrange [14:75000]
set xtics ("16" 16, "64" 64, "256" 256, "1 KiB" 1024, "4 KiB" 4096, "16 KiB" 16384, "64 KiB" 65536)
set logscale y 10
set title "Cost of one object by its size, collections included"
set ylabel "ns"
plot "sizes.dat" using 1:2 with linespoints pt 7 ps 0.5 lc rgb "#b03030" title "stock, cleared", \
     "" using 1:3 with linespoints pt 7 ps 0.5 lc rgb "#3050b0" title "ours, cleared", \
     "" using 1:4 with linespoints pt 6 ps 0.5 dt 2 lc rgb "#b03030" title "stock, pointer-free", \
     "" using 1:5 with linespoints pt 6 ps 0.5 dt 2 lc rgb "#3050b0" title "ours, pointer-free"
unset logscale y
set title "Bytes lost by rounding and headers"
set ylabel "percent of the size"
set xlabel "bytes asked for"
set yrange [0:120]
set key top right
plot "sizes.dat" using 1:6 with linespoints pt 7 ps 0.5 lc rgb "#b03030" title "stock", \
     "" using 1:7 with linespoints pt 7 ps 0.5 lc rgb "#3050b0" title "ours"
unset multiplot
