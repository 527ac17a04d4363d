#!/bin/sh
# Installs what lies beside this script, or removes it again. Run it from the folder that `npm run build` makes.
set -eu

usage() {
  cat <<'EOF'
Usage: install.sh [--as-keepalived] [--root DIR]     install
       install.sh --uninstall [--root DIR]           remove what was installed

  --as-keepalived  also be /usr/sbin/keepalived and keepalived.service; refused while another program is there
  --root DIR       install below DIR (for building packages); starts and stops nothing

The configuration is /etc/keepalived/keepalived.conf; it is neither installed nor removed.
EOF
}

action=install
as_keepalived=no
root=
while [ $# -gt 0 ]; do
  case $1 in
    --as-keepalived) as_keepalived=yes ;;
    --uninstall) action=uninstall ;;
    --root) root=${2:?--root needs a folder}; shift ;;
    --root=*) root=${1#--root=} ;;
    -h | --help) usage; exit 0 ;;
    *) usage >&2; exit 1 ;;
  esac
  shift
done

here=$(dirname "$(readlink -f -- "$0")")
lib=/usr/lib/vipkeeper
sbin=/usr/sbin
units=/usr/lib/systemd/system
manual=/usr/share/man/man5/keepalived.conf.5
bash_completion=/usr/share/bash-completion/completions/vipkeeper
zsh_completion=/usr/share/zsh/vendor-completions/_vipkeeper
program=$root$sbin/vipkeeper

say() { echo "install: $*" >&2; }
[ -n "$root" ] || [ "$(id -u)" = 0 ] || { say 'run as root, or with --root'; exit 1; }
reload_units() { [ -n "$root" ] || ! command -v systemctl >/dev/null || systemctl daemon-reload || true; }
# A link or unit of ours, or nothing at all: what may be replaced.
ours() { [ ! -e "$1" ] && [ ! -L "$1" ] || [ "$(readlink -- "$1" || true)" = vipkeeper ] || grep -qs '^ExecStart=/usr/sbin/keepalived .*VIPKEEPER_OPTIONS' "$1"; }

if [ "$action" = uninstall ]; then
  for unit in vipkeeper keepalived; do
    ours "$root$units/$unit.service" || [ "$unit" = vipkeeper ] || continue
    [ -e "$root$units/$unit.service" ] || continue
    [ -n "$root" ] || ! command -v systemctl >/dev/null || systemctl disable --now "$unit.service" || true
    rm -f "$root$units/$unit.service"
  done
  for link in keepalived vipkeeper; do
    if [ -L "$root$sbin/$link" ]; then
      case $(readlink -- "$root$sbin/$link") in vipkeeper | $lib/vipkeeper) rm -f "$root$sbin/$link" ;; esac
    fi
  done
  for document in $bash_completion $zsh_completion; do rm -f "$root$document"; done
  [ ! -L "$root$manual" ] || rm -f "$root$manual"
  rm -rf "$root$lib"
  reload_units
  say 'removed; /etc/keepalived is as it was'
  exit 0
fi

[ -x "$here/vipkeeper" ] && [ -x "$here/lib/node" ] || { say "$here has no program in it: run \`npm run build\` and then dist/install.sh"; exit 1; }
if [ "$as_keepalived" = yes ]; then
  ours "$root$sbin/keepalived" && ours "$root$units/keepalived.service" ||
    { say 'another keepalived is installed: remove its package first'; exit 1; }
fi

# The new version is whole before the old one is gone.
mkdir -p "$root$sbin" "$root$units"
rm -rf "$root$lib.new"
mkdir -p "$root$lib.new"
cp -R "$here/lib" "$here/vipkeeper" "$here/LICENSE" "$root$lib.new/"
for folder in man completion; do [ ! -d "$here/$folder" ] || cp -R "$here/$folder" "$root$lib.new/"; done
[ ! -d "$here/conf" ] || cp -R "$here/conf" "$root$lib.new/"
cp "$here/install.sh" "$here"/*.service "$root$lib.new/"
chown -R 0:0 "$root$lib.new" 2>/dev/null || true
rm -rf "$root$lib.old"
[ ! -e "$root$lib" ] || mv "$root$lib" "$root$lib.old"
mv "$root$lib.new" "$root$lib"
rm -rf "$root$lib.old"
ln -sfn "$lib/vipkeeper" "$program"

# The manual page of another keepalived, packed or not, stays.
if [ -d "$here/man" ] && { [ -L "$root$manual" ] || { [ ! -e "$root$manual" ] && [ ! -e "$root$manual.gz" ]; }; }; then
  mkdir -p "$root${manual%/*}"
  ln -sfn "$lib/man/keepalived.conf.5" "$root$manual"
fi
if [ -d "$here/completion" ]; then
  install -D -m 644 "$here/completion/vipkeeper.bash" "$root$bash_completion"
  install -D -m 644 "$here/completion/_vipkeeper" "$root$zsh_completion"
fi

install -m 644 "$here/vipkeeper.service" "$root$units/vipkeeper.service"
if [ "$as_keepalived" = yes ]; then
  ln -sfn vipkeeper "$root$sbin/keepalived"
  # A unit of that name, so that `systemctl restart keepalived` goes on working, with the options that distributions keep for it.
  sed -e '/^Conflicts=/d' -e 's|^ExecStart=/usr/sbin/vipkeeper |ExecStart=/usr/sbin/keepalived $DAEMON_ARGS $KEEPALIVED_OPTIONS |' \
    -e 's|/vipkeeper$|/keepalived|' \
    "$here/vipkeeper.service" >"$root$units/keepalived.service"
  chmod 644 "$root$units/keepalived.service"
  rm -f "$root$units/vipkeeper.service"
fi
reload_units
say "installed $("$root$lib/vipkeeper" --version 2>&1 | head -n 1); configuration: /etc/keepalived/keepalived.conf"
if [ "$as_keepalived" = yes ]; then say 'start it with: systemctl enable --now keepalived'; else say 'start it with: systemctl enable --now vipkeeper'; fi
