#!/bin/sh
# Makes a checkout ready: Debian packages that the build and the lab use, npm packages, the native addon. Where it may not install, it
# says what is missing. When all is there it does nothing, quickly.
set -eu
cd "$(dirname "$0")/.."
root=$PWD
export PATH="$PATH:/usr/sbin:/sbin"

addon=src/linux-syscalls/build/Release/linux_syscalls.node
policy=/usr/sbin/policy-rc.d

say() { echo "setup: $*" >&2; }

addon_is_stale() {
  [ ! -e "$addon" ] || [ -n "$(find src/linux-syscalls/native src/linux-syscalls/binding.gyp -newer "$addon" 2>/dev/null)" ]
}

# command:package pairs, of which the missing packages are printed.
missing() {
  for pair in "$@"; do
    command -v "${pair%%:*}" >/dev/null 2>&1 || printf ' %s' "${pair#*:}"
  done
}

install() {
  if [ "$(id -u)" != 0 ] || ! command -v apt-get >/dev/null; then
    say "missing: $*. As root: apt-get install $*"
    return 1
  fi
  say "apt-get install $*"
  # Installing a daemon starts it; a keepalived on this host is nobody's wish. Debian asks this file first, for this one installation.
  if [ ! -e "$policy" ]; then
    trap 'rm -f "$policy"' EXIT
    printf '#!/bin/sh\nexit 101\n' >"$policy"
    chmod 755 "$policy"
  fi
  log=$(mktemp)
  apt() { DEBIAN_FRONTEND=noninteractive apt-get -y -qq -o DPkg::Lock::Timeout=120 "$@" >"$log" 2>&1; }
  if ! apt install --no-install-recommends "$@" && ! { apt update && apt install --no-install-recommends "$@"; }; then
    cat "$log" >&2
    say "could not install $*"
    rm -f "$log"
    return 1
  fi
  rm -f "$log"
}

# What the lab, the kernel tests and the interoperation tests run beside us.
debian_packages() {
  need=$(missing ip:iproute2 keepalived:keepalived ipvsadm:ipvsadm linux.uml:user-mode-linux curl:curl /usr/bin/time:time nft:nftables \
    iptables-legacy:iptables arping:iputils-arping modprobe:kmod unshare:util-linux nsenter:util-linux /usr/lib/frr/bfdd:frr \
    nginx:nginx-light dnsmasq:dnsmasq-base aiosmtpd:python3-aiosmtpd openssl:openssl ss:iproute2)
  # shellcheck disable=SC2086
  [ -z "$need" ] || install $need || say 'the lab and the kernel tests will not run without them'
  if addon_is_stale; then
    tools=$(missing make:make cc:gcc c++:g++ python3:python3)
    [ -e /usr/include/stdio.h ] || tools="$tools libc6-dev"
    # shellcheck disable=SC2086
    [ -z "$tools" ] || install $tools
  fi
}

npm_packages() {
  stamp=node_modules/.package-lock.json
  [ -e "$stamp" ] && [ ! package-lock.json -nt "$stamp" ] && [ -x node_modules/.bin/node ] && return
  say 'npm packages'
  log=$(mktemp)
  # Some registries lack builds of biome for other systems; `npm ci` then calls the lock file incomplete, `npm install` still obeys it.
  if ! npm ci --no-fund --no-audit --loglevel=error >"$log" 2>&1 &&
    ! npm install --no-save --no-fund --no-audit --loglevel=error >>"$log" 2>&1; then
    cat "$log" >&2
    say 'npm could not install the packages: see above'
    exit 1
  fi
  rm -f "$log"
  touch "$stamp"
}

native_addon() {
  addon_is_stale || return 0
  say 'native addon'
  log=$root/node_modules/.addon.log
  headers=$root/node_modules/node-linux-$(node -p process.arch)
  if ! (cd src/linux-syscalls && PATH="$root/node_modules/.bin:$PATH" node-gyp rebuild --nodedir="$headers" >"$log" 2>&1); then
    cat "$log" >&2
    say 'the native addon could not be built: see above'
    return 1
  fi
}

debian_packages
npm_packages
native_addon
