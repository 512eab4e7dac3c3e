# programs.mk - the benchmark programs, included by the top Makefile.am.
#
# Not built by "make all"; "make bench" builds and runs them.  What to pass to
# the runner: make bench BENCH_FLAGS="--pairs 3 --only bintrees".
#
# The programs see the public headers only and are linked without install
# step, so that LD_LIBRARY_PATH can put another libgc.so.1 under them.
#
# SPDX-License-Identifier: MIT

bench_gc_programs = \
	bench/gcbench bench/bintrees bench/quadtrees bench/randomgraph \
	bench/longlists bench/churn bench/lru bench/buffers bench/strings \
	bench/finalizers bench/shrink bench/sparse bench/allocthreads \
	bench/allocfree bench/prodcons bench/bigheap bench/generations bench/sizes

bench_malloc_programs = bench/bintrees-malloc bench/allocfree-malloc

EXTRA_PROGRAMS += $(bench_gc_programs) $(bench_malloc_programs) bench/measure bench/counts \
	bench/inline

bench_cppflags = -I$(top_builddir)/include -I$(top_srcdir)/include
bench_ldflags = -no-install
bench_ldadd = $(top_builddir)/libgc.la -lpthread

bench_measure_SOURCES = bench/measure.c
bench_measure_CPPFLAGS =
bench_measure_LDADD =

bench_bintrees_malloc_SOURCES = bench/bintrees.c bench/benchlib.h
bench_bintrees_malloc_CPPFLAGS = -DBENCH_MALLOC
bench_bintrees_malloc_LDADD = -lpthread

bench_allocfree_malloc_SOURCES = bench/allocfree.c bench/benchlib.h
bench_allocfree_malloc_CPPFLAGS = -DBENCH_MALLOC
bench_allocfree_malloc_LDADD = -lpthread

bench_gcbench_SOURCES = bench/gcbench.c bench/benchlib.h
bench_gcbench_CPPFLAGS = $(bench_cppflags)
bench_gcbench_LDFLAGS = $(bench_ldflags)
bench_gcbench_LDADD = $(bench_ldadd)

bench_bintrees_SOURCES = bench/bintrees.c bench/benchlib.h
bench_bintrees_CPPFLAGS = $(bench_cppflags)
bench_bintrees_LDFLAGS = $(bench_ldflags)
bench_bintrees_LDADD = $(bench_ldadd)

bench_quadtrees_SOURCES = bench/quadtrees.c bench/benchlib.h
bench_quadtrees_CPPFLAGS = $(bench_cppflags)
bench_quadtrees_LDFLAGS = $(bench_ldflags)
bench_quadtrees_LDADD = $(bench_ldadd)

bench_randomgraph_SOURCES = bench/randomgraph.c bench/benchlib.h
bench_randomgraph_CPPFLAGS = $(bench_cppflags)
bench_randomgraph_LDFLAGS = $(bench_ldflags)
bench_randomgraph_LDADD = $(bench_ldadd)

bench_longlists_SOURCES = bench/longlists.c bench/benchlib.h
bench_longlists_CPPFLAGS = $(bench_cppflags)
bench_longlists_LDFLAGS = $(bench_ldflags)
bench_longlists_LDADD = $(bench_ldadd)

bench_churn_SOURCES = bench/churn.c bench/benchlib.h
bench_churn_CPPFLAGS = $(bench_cppflags)
bench_churn_LDFLAGS = $(bench_ldflags)
bench_churn_LDADD = $(bench_ldadd)

bench_lru_SOURCES = bench/lru.c bench/benchlib.h
bench_lru_CPPFLAGS = $(bench_cppflags)
bench_lru_LDFLAGS = $(bench_ldflags)
bench_lru_LDADD = $(bench_ldadd)

bench_buffers_SOURCES = bench/buffers.c bench/benchlib.h
bench_buffers_CPPFLAGS = $(bench_cppflags)
bench_buffers_LDFLAGS = $(bench_ldflags)
bench_buffers_LDADD = $(bench_ldadd)

bench_strings_SOURCES = bench/strings.c bench/benchlib.h
bench_strings_CPPFLAGS = $(bench_cppflags)
bench_strings_LDFLAGS = $(bench_ldflags)
bench_strings_LDADD = $(bench_ldadd)

bench_finalizers_SOURCES = bench/finalizers.c bench/benchlib.h
bench_finalizers_CPPFLAGS = $(bench_cppflags)
bench_finalizers_LDFLAGS = $(bench_ldflags)
bench_finalizers_LDADD = $(bench_ldadd)

bench_shrink_SOURCES = bench/shrink.c bench/benchlib.h
bench_shrink_CPPFLAGS = $(bench_cppflags)
bench_shrink_LDFLAGS = $(bench_ldflags)
bench_shrink_LDADD = $(bench_ldadd)

bench_sparse_SOURCES = bench/sparse.c bench/benchlib.h
bench_sparse_CPPFLAGS = $(bench_cppflags)
bench_sparse_LDFLAGS = $(bench_ldflags)
bench_sparse_LDADD = $(bench_ldadd)

bench_allocthreads_SOURCES = bench/allocthreads.c bench/benchlib.h
bench_allocthreads_CPPFLAGS = $(bench_cppflags)
bench_allocthreads_LDFLAGS = $(bench_ldflags)
bench_allocthreads_LDADD = $(bench_ldadd)

bench_allocfree_SOURCES = bench/allocfree.c bench/benchlib.h
bench_allocfree_CPPFLAGS = $(bench_cppflags)
bench_allocfree_LDFLAGS = $(bench_ldflags)
bench_allocfree_LDADD = $(bench_ldadd)

bench_prodcons_SOURCES = bench/prodcons.c bench/benchlib.h
bench_prodcons_CPPFLAGS = $(bench_cppflags)
bench_prodcons_LDFLAGS = $(bench_ldflags)
bench_prodcons_LDADD = $(bench_ldadd)

bench_bigheap_SOURCES = bench/bigheap.c bench/benchlib.h bench/times.h
bench_bigheap_CPPFLAGS = $(bench_cppflags)
bench_bigheap_LDFLAGS = $(bench_ldflags)
bench_bigheap_LDADD = $(bench_ldadd)

bench_generations_SOURCES = bench/generations.c bench/benchlib.h bench/times.h
bench_generations_CPPFLAGS = $(bench_cppflags)
bench_generations_LDFLAGS = $(bench_ldflags)
bench_generations_LDADD = $(bench_ldadd)

bench_sizes_SOURCES = bench/sizes.c bench/benchlib.h bench/counting.h
bench_sizes_CPPFLAGS = $(bench_cppflags)
bench_sizes_LDFLAGS = $(bench_ldflags)
bench_sizes_LDADD = $(bench_ldadd)

bench_counts_SOURCES = bench/counts.c bench/benchlib.h bench/counting.h
bench_counts_CPPFLAGS = $(bench_cppflags)
bench_counts_LDFLAGS = $(bench_ldflags)
bench_counts_LDADD = $(bench_ldadd)

# Needs Tidemark: run by "make bench-inline" alone.
bench_inline_SOURCES = bench/inline.c bench/benchlib.h
bench_inline_CPPFLAGS = $(bench_cppflags)
bench_inline_LDFLAGS = $(bench_ldflags)
bench_inline_LDADD = $(bench_ldadd)

EXTRA_DIST += \
	bench/pauses.awk \
	bench/README.md bench/RESULTS.md bench/run bench/build bench/demo-table bench/programs.mk \
	bench/counts.limits bench/libraries.sh bench/pauses.gp \
	bench/sweep bench/sweep.awk bench/sizes.gp bench/scaling bench/scaling.awk bench/scaling.gp \
	bench/table.awk bench/stats.awk bench/demo.awk bench/plot.gp \
	bench/workload.scm bench/workload.lisp

CLEANFILES += $(bench_gc_programs:=$(EXEEXT)) $(bench_malloc_programs:=$(EXEEXT)) \
	bench/measure$(EXEEXT) bench/counts$(EXEEXT) bench/inline$(EXEEXT)

bench-programs: $(bench_gc_programs:=$(EXEEXT)) $(bench_malloc_programs:=$(EXEEXT)) \
	bench/measure$(EXEEXT)

bench_which = --ours $(abs_top_builddir)/.libs --programs $(abs_top_builddir)/bench

bench: bench-programs
	$(SHELL) $(top_srcdir)/bench/run $(bench_which) $(BENCH_FLAGS)
bench-sizes: bench-programs
	$(SHELL) $(top_srcdir)/bench/sweep $(bench_which) $(BENCH_FLAGS)
bench-scaling: bench-programs
	$(SHELL) $(top_srcdir)/bench/scaling $(bench_which) $(BENCH_FLAGS)
bench-inline: bench/inline$(EXEEXT)
	bench/inline$(EXEEXT) $(BENCH_FLAGS)

.PHONY: bench bench-inline bench-programs bench-scaling bench-sizes
