# sources.mk - every file of the libraries, by floor, bottom to top.  Included by Makefile.am.
#
# Written by tools/update-sources; run it after adding or removing a file.  Which of the port's
# files are linked is said in configure.host.
#
# SPDX-License-Identifier: MIT

ground_sources = \
  collector/ground/lock.c \
  collector/ground/log.c \
  collector/ground/meta.c \
  collector/ground/options.c \
  collector/ground/state.c

# What depends on thread support is so inside; stop_*.c, suspending.c and *_win32.c come from configure.host.
threads_sources = \
  pthread_support/blocking.c \
  pthread_support/create.c \
  pthread_support/fork.c \
  pthread_support/markers.c \
  pthread_support/native_posix.c \
  pthread_support/registry.c \
  pthread_support/single.c \
  pthread_support/stacks.c \
  pthread_support/world.c

heap_sources = \
  collector/heap/addrmap.c \
  collector/heap/blacklist.c \
  collector/heap/blocks.c \
  collector/heap/dirty.c \
  collector/heap/freednote.c \
  collector/heap/grow.c \
  collector/heap/regions.c \
  collector/heap/release.c \
  collector/heap/sizeclass.c

trace_sources = \
  collector/trace/drain.c \
  collector/trace/filter.c \
  collector/trace/kinds.c \
  collector/trace/mark.c \
  collector/trace/markstack.c \
  collector/trace/push.c \
  collector/trace/recruit.c \
  collector/trace/rescan.c \
  collector/trace/roots.c \
  collector/trace/share.c \
  collector/trace/snapshot.c \
  collector/trace/sweep.c

collect_sources = \
  collector/collect/beside.c \
  collector/collect/cycle.c \
  collector/collect/jobs.c \
  collector/collect/minor.c \
  collector/collect/pace.c

alloc_sources = \
  collector/alloc/batch.c \
  collector/alloc/cache.c \
  collector/alloc/fast.c \
  collector/alloc/forking.c \
  collector/alloc/free.c \
  collector/alloc/freed.c \
  collector/alloc/gcj.c \
  collector/alloc/inline.c \
  collector/alloc/large.c \
  collector/alloc/resize.c \
  collector/alloc/slow.c \
  collector/alloc/typed.c

extras_sources = \
  collector/extras/backptr.c \
  collector/extras/debug.c \
  collector/extras/debug_check.c \
  collector/extras/debug_finalize.c \
  collector/extras/disclaim.c \
  collector/extras/dump.c \
  collector/extras/extras.c \
  collector/extras/finalize.c \
  collector/extras/iterate.c \
  collector/extras/leak.c \
  collector/extras/links.c \
  collector/extras/ptrcheck.c \
  collector/extras/stats.c \
  collector/extras/table.c \
  collector/extras/toggle.c \
  collector/extras/verify.c

api_sources = \
  collector/api/incremental.c \
  collector/api/init.c \
  collector/api/misc.c \
  collector/api/query.c \
  collector/api/settings.c \
  collector/api/variables.c

# In libgcmalloc; in libgc only with --enable-redirect-malloc.
redirect_sources = \
  collector/redirect/callers.c \
  collector/redirect/family.c \
  collector/redirect/mappings.c \
  collector/redirect/pthreads.c \
  collector/redirect/redirect.c \
  collector/redirect/side.c

# Linked only where configure.host names them.
port_sources = \
  os_dep/fault_none.c \
  os_dep/fault_sigaction.c \
  os_dep/fault_win32.c \
  os_dep/maps_linux.c \
  os_dep/mem_mmap.c \
  os_dep/mem_sbrk.c \
  os_dep/mem_win32.c \
  os_dep/mutex_none.c \
  os_dep/mutex_posix.c \
  os_dep/mutex_win32.c \
  os_dep/pagedata.c \
  os_dep/stackbase_heuristic.c \
  os_dep/stackbase_linux.c \
  os_dep/stackbase_none.c \
  os_dep/stackbase_win32.c \
  os_dep/system_none.c \
  os_dep/system_posix.c \
  os_dep/system_wasm.c \
  os_dep/system_win32.c \
  os_dep/vdb_gww.c \
  os_dep/vdb_manual.c \
  os_dep/vdb_mprotect.c \
  os_dep/vdb_none.c \
  os_dep/vdb_pages.c \
  os_dep/vdb_proc.c \
  os_dep/vdb_soft.c \
  os_dep/vdb_uffd.c \
  os_dep/winmain.c \
  mach_dep/regs_getcontext.c \
  mach_dep/regs_none.c \
  mach_dep/regs_setjmp.c \
  mach_dep/regs_unwind.c \
  dyn_load/notes.c \
  dyn_load/roots_dyld.c \
  dyn_load/roots_linkmap.c \
  dyn_load/roots_maps.c \
  dyn_load/roots_none.c \
  dyn_load/roots_phdr.c \
  dyn_load/roots_win32.c \
  dyn_load/tls_blocks.c \
  pthread_support/stop_mach.c \
  pthread_support/stop_none.c \
  pthread_support/stop_signal.c \
  pthread_support/stop_win32.c \
  pthread_support/suspending.c \
  pthread_support/create_win32.c \
  pthread_support/native_win32.c

cord_sources = \
  cord/balance.c \
  cord/file.c \
  cord/format.c \
  cord/position.c \
  cord/text.c \
  cord/tree.c \
  cord/visit.c

cxx_sources = \
  cxx/gc_cpp.cc

badalloc_sources = \
  cxx/gc_badalc.cc

private_headers = \
  include/private/alloc.h \
  include/private/atomics.h \
  include/private/base.h \
  include/private/beside.h \
  include/private/blocks.h \
  include/private/collect.h \
  include/private/dirty.h \
  include/private/extras.h \
  include/private/freed.h \
  include/private/gcconfig.h \
  include/private/ground.h \
  include/private/heap.h \
  include/private/hooks.h \
  include/private/hot.h \
  include/private/maps.h \
  include/private/marker.h \
  include/private/mutex.h \
  include/private/pagedata.h \
  include/private/port.h \
  include/private/redirect.h \
  include/private/settings.h \
  include/private/threads.h \
  include/private/trace.h \
  include/private/unwinding.h \
  include/private/vdb.h \
  include/private/gcconfig/aarch64.h \
  include/private/gcconfig/alpha.h \
  include/private/gcconfig/arm.h \
  include/private/gcconfig/defaults.h \
  include/private/gcconfig/hppa.h \
  include/private/gcconfig/i386.h \
  include/private/gcconfig/identify.h \
  include/private/gcconfig/loongarch.h \
  include/private/gcconfig/m68k.h \
  include/private/gcconfig/mips.h \
  include/private/gcconfig/os_bsd.h \
  include/private/gcconfig/os_darwin.h \
  include/private/gcconfig/os_haiku.h \
  include/private/gcconfig/os_hurd.h \
  include/private/gcconfig/os_linux.h \
  include/private/gcconfig/os_none.h \
  include/private/gcconfig/os_simulated.h \
  include/private/gcconfig/os_solaris.h \
  include/private/gcconfig/os_wasi.h \
  include/private/gcconfig/os_win32.h \
  include/private/gcconfig/powerpc.h \
  include/private/gcconfig/riscv.h \
  include/private/gcconfig/s390.h \
  include/private/gcconfig/sh.h \
  include/private/gcconfig/sparc.h \
  include/private/gcconfig/wasm.h \
  include/private/gcconfig/x86_64.h \
  collector/ground/options.def \
  os_dep/mem_win32.h \
  pthread_support/native_win32.h \
  pthread_support/suspending.h \
  dyn_load/elf_image.h \
  dyn_load/notes.h \
  cord/node.h

# Installed as <gc.h>, <gc_cpp.h> and <gc/...>.
public_top_headers = \
  include/gc.h \
  include/gc_cpp.h

public_headers = \
  include/gc/cord.h \
  include/gc/cord_pos.h \
  include/gc/ec.h \
  include/gc/gc.h \
  include/gc/gc_allocator.h \
  include/gc/gc_backptr.h \
  include/gc/gc_config_macros.h \
  include/gc/gc_cpp.h \
  include/gc/gc_disclaim.h \
  include/gc/gc_fast.h \
  include/gc/gc_gcj.h \
  include/gc/gc_inline.h \
  include/gc/gc_mark.h \
  include/gc/gc_pthread_redirects.h \
  include/gc/gc_tiny_fl.h \
  include/gc/gc_typed.h \
  include/gc/gc_version.h \
  include/gc/javaxfc.h \
  include/gc/leak_detector.h
