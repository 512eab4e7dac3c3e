/* gc_version.h - the version numbers a program can test while it compiles.
 * SPDX-License-Identifier: MIT
 *
 * Included by gc.h.  There are two versions: the one of the libgc interface
 * that these headers promise, and Tidemark's own.  They describe the headers;
 * the library in use answers GC_get_version() and GC_tidemark_version().
 */

#ifndef GC_VERSION_H
#define GC_VERSION_H

/* The libgc release whose source and binary interface is kept. */
#define GC_TMP_VERSION_MAJOR 8
#define GC_TMP_VERSION_MINOR 2
#define GC_TMP_VERSION_MICRO 2

#ifndef GC_VERSION_MAJOR
# define GC_VERSION_MAJOR GC_TMP_VERSION_MAJOR
# define GC_VERSION_MINOR GC_TMP_VERSION_MINOR
# define GC_VERSION_MICRO GC_TMP_VERSION_MICRO
#elif GC_VERSION_MAJOR != GC_TMP_VERSION_MAJOR \
      || GC_VERSION_MINOR != GC_TMP_VERSION_MINOR \
      || GC_VERSION_MICRO != GC_TMP_VERSION_MICRO
# error The build defines a GC_VERSION that gc_version.h does not have.
#endif

/* The release of Tidemark that these headers came with. */
#define TIDEMARK_VERSION_MAJOR 0
#define TIDEMARK_VERSION_MINOR 1
#define TIDEMARK_VERSION_MICRO 0

#endif /* GC_VERSION_H */
