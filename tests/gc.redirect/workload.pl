# workload.pl - lists of hashes, sorted and looked up.
# SPDX-License-Identifier: MIT
use strict;
my @list = map { { n => $_, s => "x" x ($_ % 50) } } 1 .. 30000;
my $sum = 0;
for my $round (1 .. 3) {
    @list = sort { $b->{n} <=> $a->{n} } @list;
    $sum += length($_->{s}) for @list;
    my %by = map { $_->{n} => [$_] } @list;
    $sum += keys %by;
}
print "$sum\n";
