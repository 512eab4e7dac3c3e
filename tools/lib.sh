# lib.sh - what tools/check and tools/demo share: progress lines, packages, a copy of the source.
# Sourced, not run.  POSIX sh.
#
# SPDX-License-Identifier: MIT

lib_started=$(date +%s)

# say WORDS - a line with the seconds since the start.
say() {
    printf '[%4d s] %s\n' $(($(date +%s) - lib_started)) "$*"
}

# run_step SECONDS LOG COMMAND... - runs with a time limit, output into LOG; says how it went.
# Returns the command's status (124: the time was up).
run_step() {
    step_limit=$1
    step_log=$2
    shift 2
    timeout -k 20 "$step_limit" "$@" >"$step_log" 2>&1 </dev/null
    step_status=$?
    if [ $step_status -eq 124 ] || [ $step_status -eq 137 ]; then
        say "  took longer than $step_limit s and was ended; see $step_log"
    fi
    return $step_status
}

# find_root - sets as_root to what must precede a command that only root may run.
# Returns nonzero when nobody here may.
find_root() {
    as_root=
    [ "$(id -u)" -ne 0 ] || return 0
    command -v sudo >/dev/null 2>&1 || return 1
    if sudo -n true 2>/dev/null; then
        as_root="sudo -n"
    elif [ -t 0 ]; then
        as_root=sudo
    else
        return 1
    fi
}

# apt_install ARGUMENT... - one run of apt-get install, after find_root; words go to $work/apt.log.
lib_lists_fresh=
apt_install() {
    # shellcheck disable=SC2086 # empty, or sudo and its argument
    set -- $as_root env DEBIAN_FRONTEND=noninteractive \
        apt-get -qq -o Dpkg::Use-Pty=0 -o DPkg::Lock::Timeout=300 \
        install -y --no-install-recommends "$@"
    if [ -z "$lib_lists_fresh" ]; then
        # shellcheck disable=SC2086
        timeout 600 $as_root apt-get -qq update >"$work/apt.log" 2>&1 ||
            say "  apt-get update failed; trying with the lists there are"
        lib_lists_fresh=yes
    fi
    timeout 1800 "$@" >>"$work/apt.log" 2>&1
}

# need_packages PACKAGE... - installs the Debian packages that are missing.
# Words of the form "?name" are wanted, not needed: without them something is skipped.
need_packages() {
    lacking=
    required=
    for package; do
        dpkg-query -W -f='${db:Status-Status}\n' "${package#\?}" 2>/dev/null |
            grep -q '^installed$' && continue
        lacking="$lacking $package"
        case $package in \?*) ;; *) required="$required $package" ;; esac
    done
    [ -n "$lacking" ] || return 0
    if ! command -v apt-get >/dev/null 2>&1; then
        echo "This needs apt-get to install:$lacking" >&2
        return 1
    fi
    if ! find_root; then
        if [ -n "$required" ]; then
            echo "These packages are missing and only root may install them:" >&2
            echo "  apt-get install$required" >&2
            echo "Run that as root, or run this as root or with sudo." >&2
            return 1
        fi
        say "not root: doing without$lacking"
        return 0
    fi
    say "installing$(echo "$lacking" | tr -d '?')"
    for package in $lacking; do
        case $package in
            \?*) apt_install "${package#\?}" ||
                     say "  no ${package#\?}: what needs it is skipped" ;;
        esac
    done
    # shellcheck disable=SC2086
    [ -z "$required" ] || apt_install $required || {
        tail -5 "$work/apt.log" >&2
        echo "apt-get could not install:$required" >&2
        return 1
    }
}

# copy_source FROM TO - the files of the source, without anything that a build made there.
copy_source() {
    mkdir -p "$2" || return 1
    (
        cd "$1" || exit 1
        if command -v git >/dev/null 2>&1 && git rev-parse --git-dir >/dev/null 2>&1 &&
            [ -n "$(git ls-files -co --exclude-standard | head -1)" ]; then
            git ls-files -co --exclude-standard | while IFS= read -r file; do
                if [ -e "$file" ]; then printf '%s\n' "$file"; fi
            done | tar -cf - -T -
        else
            tar -cf - --exclude=./.git --exclude=./_build --exclude=./build-aux \
                --exclude=./autom4te.cache --exclude=./config.status --exclude=./config.h \
                --exclude=./Makefile --exclude=./tests/Makefile --exclude=./tests/site.exp \
                --exclude=.libs --exclude=.deps --exclude='*.o' --exclude='*.lo' \
                --exclude='*.la' .
        fi
    ) | tar -xf - -C "$2"
    [ -f "$2/configure.ac" ]
}

# processors this machine offers
cpus() {
    nproc 2>/dev/null || echo 1
}
