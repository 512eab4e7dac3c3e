# libraries.sh - which libraries and programs the runners compare.  Sourced, not run.  POSIX sh.
#
# Sets and reads: stock, ours (directories), programs.
#
# SPDX-License-Identifier: MIT

stock=
ours=
programs=
PATH=$PATH:/usr/sbin:/sbin

die() {
    echo "${0##*/}: $*" >&2
    exit 2
}

system_library() { # file name -> full path, or nothing
    ldconfig -p 2>/dev/null | awk -v name="$1" '$1 == name { print $NF; exit }'
}

library_dir() { # NAME DIR -> absolute directory
    [ -e "$2/libgc.so.1" ] || die "$1: no libgc.so.1 in $2"
    case $2 in *[\ :]*) die "no spaces or colons in directories of libraries please: $2" ;; esac
    (cd "$2" && pwd)
}

# Fills in what was not said, and makes it absolute.
find_libraries() {
    if [ -z "$stock" ]; then
        stock=$(system_library libgc.so.1)
        [ -n "$stock" ] || die "the system has no libgc.so.1: say --stock DIR"
        stock=$(dirname "$stock")
    fi
    [ -n "$ours" ] || ours=./.libs
    [ -n "$programs" ] || programs=./bench
    stock=$(library_dir stock "$stock") || exit 2
    ours=$(library_dir ours "$ours") || exit 2
    if cmp -s "$stock/libgc.so.1" "$ours/libgc.so.1"; then
        echo "${0##*/}: note: the stock library and ours are the same file" >&2
    fi
}

program() { # NAME -> path of the real executable, not of libtool's wrapper
    for f in "$programs/.libs/$1" "$programs/$1"; do
        if [ -x "$f" ]; then
            echo "$f"
            return
        fi
    done
    die "no program $1 in $programs: try 'make bench-programs', or bench/build DIR and --programs DIR"
}

# A program that ignores LD_LIBRARY_PATH would compare a library with itself.
check_library() { # PROGRAM DIR
    command -v ldd >/dev/null 2>&1 || return 0
    found=$(LD_LIBRARY_PATH=$2 ldd "$1" | awk '$1 == "libgc.so.1" { print $3 }')
    case $found in
    "$2"/*) ;;
    *) die "$1 uses ${found:-no libgc.so.1}, not the one in $2" ;;
    esac
}

draw() { # DIR SCRIPT PICTURE, in DIR with its data
    if command -v gnuplot >/dev/null 2>&1; then
        (cd "$1" && gnuplot "$2") && echo "drawn: $1/$3"
    else
        echo "gnuplot is not installed: no picture drawn; later: cd $1 && gnuplot $2" >&2
    fi
}
