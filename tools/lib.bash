# What the tools share; sourced, never run.

say() { printf '%s\n' "$*" >&2; }

fail() {
  say "$(basename "$0"): $*"
  exit 1
}

# need_swift: a compiler of the version that the package needs.
need_swift() {
  command -v swift >/dev/null ||
    fail "there is no swift; install Swift 6.2 or later from https://www.swift.org/install/linux/debian"
}

# install_missing TEST:PACKAGE...: installs with apt-get the packages whose test fails.
#
# A test is a path that must be there, or the name of a program.
install_missing() {
  local missing=() pair test
  for pair in "$@"; do
    test=${pair%%:*}
    if [[ $test == /* ]]; then
      [[ -e $test ]] || missing+=("${pair#*:}")
    else
      command -v "$test" >/dev/null || missing+=("${pair#*:}")
    fi
  done
  ((${#missing[@]})) || return 0
  command -v apt-get >/dev/null ||
    fail "these Debian packages are missing, and there is no apt-get: ${missing[*]}; install what they stand for"
  local as_root=()
  if ((EUID != 0)); then
    command -v sudo >/dev/null ||
      fail "these packages are missing, and there is no sudo: run as root: apt-get install ${missing[*]}"
    as_root=(sudo)
  fi
  say "Installing what is missing with apt-get: ${missing[*]}"
  "${as_root[@]}" apt-get update -qq || fail "apt-get update failed; see to the network or the sources"
  "${as_root[@]}" env DEBIAN_FRONTEND=noninteractive \
    apt-get install -y -qq --no-install-recommends "${missing[@]}" >&2 ||
    fail "apt-get could not install ${missing[*]}"
}

# What every build needs: LMDB, pkg-config to find it, certificates to fetch the packages.
needed_to_build=(
  /usr/include/lmdb.h:liblmdb-dev
  pkg-config:pkg-config
  /usr/share/zoneinfo/Asia/Shanghai:tzdata
  /etc/ssl/certs/ca-certificates.crt:ca-certificates
  curl:curl
)
