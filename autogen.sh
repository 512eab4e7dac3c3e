#!/bin/sh
# autogen.sh - makes configure and the Makefile.in files in a fresh checkout.
#
# Needs autoconf 2.69 or later, automake 1.14 or later and libtool.
# SPDX-License-Identifier: MIT

set -e
cd "$(dirname "$0")"

for tool in autoreconf automake libtoolize; do
    command -v "$tool" >/dev/null 2>&1 || {
        echo "autogen.sh: $tool is not installed (packages autoconf, automake, libtool)" >&2
        exit 1
    }
done

# sources.mk names every file; say what it names in vain and what it forgets.
named=$(sed 's/#.*//' sources.mk | tr -s ' \t\\=' '\n' | grep -E '\.(c|cc|h|def)$' | sort -u)
stale=no
for file in $named; do
    test -f "$file" || { echo "autogen.sh: sources.mk names $file, which is not there" >&2; stale=yes; }
done
for file in collector/*/*.c os_dep/*.c mach_dep/*.c dyn_load/*.c pthread_support/*.c \
            cord/*.c cxx/*.cc include/*.h include/gc/*.h include/private/*.h; do
    test -f "$file" || continue
    echo "$named" | grep -qxF "$file" ||
        { echo "autogen.sh: sources.mk does not name $file" >&2; stale=yes; }
done
test $stale = no || echo "autogen.sh: tools/update-sources writes sources.mk anew" >&2

autoreconf -fi
echo "Now: ./configure && make"
