# shellcheck shell=sh
# shellcheck disable=SC2154,SC2034 # variables shared with setup.sh, which sources this
# Part of setup.sh. Debian packages of a set, by the table packages.txt. Says first what it will install, asks on a terminal,
# and lets no service start meanwhile.

policy=/usr/sbin/policy-rc.d
policy_saved=/usr/sbin/policy-rc.d.nodemend-saved

# table SET: lines "package program units" of a set; the check needs every package.
table() {
  sed 's/#.*//' "$root/scripts/packages.txt" | while read -r package program sets units; do
    [ -n "$package" ] || continue
    case ,$sets,check, in
      *,"$1",*) echo "$package $program $units" ;;
    esac
  done
}

setup_packages() {
  restore_policy # a run that was killed may have left its own
  if command -v dpkg-query >/dev/null && command -v apt-get >/dev/null; then
    missing_packages=$(table "$1" | while read -r package _; do
      installed "$package" || echo "$package"
    done)
    [ -z "$missing_packages" ] || install_packages "$1"
  else
    missing_programs=$(table "$1" | while read -r package program _; do
      PATH=$PATH:/usr/sbin:/sbin command -v "$program" >/dev/null || echo "$program ($package)"
    done)
    [ -z "$missing_programs" ] || fail "programs are missing, and this is not Debian: $(one_line "$missing_programs")" \
      "install them with this system's package manager (Debian's package names are in brackets)"
  fi
}

installed() {
  [ "$(dpkg-query -W -f '${db:Status-Status}' "$1" 2>/dev/null)" = installed ]
}

# shellcheck disable=SC2086 # a list of words
one_line() { echo $1; }

install_packages() {
  wanted_packages=$(one_line "$missing_packages")
  say "Debian packages to install: $wanted_packages"
  [ "$(id -u)" = 0 ] || fail 'root is needed to install them' "sudo apt-get install --no-install-recommends $wanted_packages"
  say 'no service is started or enabled by it'
  if [ -t 0 ] && [ -t 1 ]; then
    printf 'set-up: install them? [Y/n] '
    read -r answer || answer=n
    case $answer in
      '' | y | Y | yes | Yes) ;;
      *) fail 'declined' "apt-get install --no-install-recommends $wanted_packages, then run the command again" ;;
    esac
  fi
  trap restore_policy EXIT
  trap 'exit 130' INT
  trap 'exit 143' TERM
  deny_services
  run_apt "$wanted_packages"
  restore_policy
  trap - EXIT INT TERM
  disable_units "$1"
}

# An existing policy is moved aside and back, so it returns byte for byte with its owner and mode, even if it is a link.
deny_services() {
  if [ -e "$policy" ] || [ -L "$policy" ]; then
    mv "$policy" "$policy_saved"
  else
    : >"$policy_saved.none"
  fi
  printf '#!/bin/sh\n# Put here by nodemend for one apt-get run: no service may start.\nexit 101\n' >"$policy.new"
  chmod 755 "$policy.new"
  mv "$policy.new" "$policy"
}

restore_policy() {
  if [ -e "$policy_saved" ] || [ -L "$policy_saved" ]; then
    mv -f "$policy_saved" "$policy"
  elif [ -e "$policy_saved.none" ]; then
    rm -f "$policy" "$policy_saved.none"
  fi
}

# shellcheck disable=SC2086 # a list of words
run_apt() {
  DEBIAN_FRONTEND=noninteractive NEEDRESTART_SUSPEND=1 APT_LISTCHANGES_FRONTEND=none
  export DEBIAN_FRONTEND NEEDRESTART_SUSPEND APT_LISTCHANGES_FRONTEND
  if known_to_apt "$1" && apt_install $1; then
    return
  fi
  say "refreshing apt's package lists"
  apt-get -qq -o DPkg::Lock::Timeout=120 update </dev/null || fail 'apt-get update failed' 'check the network and /etc/apt/sources.list'
  apt_install $1 || fail 'apt-get install failed; its own message is above' "apt-get install --no-install-recommends $1"
}

# shellcheck disable=SC2086 # a list of words
known_to_apt() {
  apt-get -qq --simulate --no-install-recommends install $1 >/dev/null 2>&1 </dev/null
}

apt_install() {
  apt-get -qq -y -o DPkg::Lock::Timeout=120 -o Dpkg::Use-Pty=0 --no-install-recommends install "$@" </dev/null
}

# A package that nodemend brought must not open a port at the next boot.
disable_units() {
  table "$1" | while read -r package _ units; do
    [ "$units" != - ] || continue
    for missing in $missing_packages; do
      [ "$missing" = "$package" ] || continue
      for unit in $(echo "$units" | tr , ' '); do
        disable_unit "$unit"
      done
    done
  done
}

# A unit that this release of Debian does not have is no failure.
disable_unit() {
  if command -v systemctl >/dev/null; then
    systemctl --quiet disable "$1" >/dev/null 2>&1 || true
  else
    deb-systemd-helper disable "$1" >/dev/null 2>&1 || true
  fi
}
