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

# need_packages PACKAGE... - installs the Debian packages that are missing.
# Words of the form "?name" are wanted, not needed: without them something is skipped.
need_packages() {
    lacking=
    for package; do
        dpkg-query -W -f='${db:Status-Status}\n' "${package#\?}" 2>/dev/null |
            grep -q '^installed$' || lacking="$lacking $package"
    done
    [ -n "$lacking" ] || return 0
    if ! command -v apt-get >/dev/null 2>&1; then
        echo "This needs apt-get to install:$lacking" >&2
        return 1
    fi
    as_root=
    if [ "$(id -u)" -ne 0 ]; then
        if command -v sudo >/dev/null 2>&1 && sudo -n true 2>/dev/null; then
            as_root="sudo -n"
        elif command -v sudo >/dev/null 2>&1 && [ -t 0 ]; then
            as_root=sudo
        else
            required=
            for package in $lacking; do
                case $package in \?*) ;; *) required="$required $package" ;; esac
            done
            if [ -n "$required" ]; then
                echo "These packages are missing and only root may install them:" >&2
                echo "  apt-get install$required" >&2
                echo "Run that as root, or run this as root or with sudo." >&2
                return 1
            fi
            say "not root: doing without$lacking"
            return 0
        fi
    fi
    say "installing$(echo "$lacking" | tr -d '?')"
    # shellcheck disable=SC2086 # empty, or sudo and its argument
    {
        DEBIAN_FRONTEND=noninteractive
        export DEBIAN_FRONTEND
        apt_get="$as_root env DEBIAN_FRONTEND=noninteractive apt-get -qq -o Dpkg::Use-Pty=0"
        timeout 600 $apt_get update >"$work/apt.log" 2>&1 ||
            say "  apt-get update failed; trying with the lists there are"
        required=
        for package in $lacking; do
            case $package in
                \?*) timeout 900 $apt_get install -y --no-install-recommends "${package#\?}" \
                         >>"$work/apt.log" 2>&1 ||
                         say "  no ${package#\?}: what needs it is skipped" ;;
                *) required="$required $package" ;;
            esac
        done
        [ -z "$required" ] ||
            timeout 1800 $apt_get install -y --no-install-recommends $required \
                >>"$work/apt.log" 2>&1 || {
            tail -5 "$work/apt.log" >&2
            echo "apt-get could not install:$required" >&2
            return 1
        }
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
