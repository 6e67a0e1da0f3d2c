# shellcheck shell=sh
# shellcheck disable=SC2154,SC2034 # variables shared with setup.sh, which sources this
# Part of setup.sh. Debian packages of a set, by the table packages.txt. Says first what it will install, asks on a terminal,
# and lets no service start meanwhile. The testbed cannot do without; `quick` and `check` go on with what there is, and say themselves
# what they leave out for it.

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
  if ! may_isolate; then
    say 'root may not make namespaces on this machine, so what only practice nodes and real clusters need is not installed'
    case $1 in
      quick) return ;;
      check) set -- anywhere ;;
    esac
  fi
  if command -v dpkg-query >/dev/null && command -v apt-get >/dev/null; then
    [ "$(id -u)" != 0 ] || restore_policy # a run that was killed may have left its own
    missing_packages=$(table "$1" | while read -r package _; do
      installed "$package" || echo "$package"
    done)
    [ -z "$missing_packages" ] || install_packages "$1"
  else
    missing_programs=$(table "$1" | while read -r package program _; do
      PATH=$PATH:/usr/sbin:/sbin command -v "$program" >/dev/null || echo "$program ($package)"
    done)
    [ -z "$missing_programs" ] || do_without "$1" "programs are missing, and there is no apt: $(one_line "$missing_programs")" \
      "install them with this system's package manager (Debian's package names are in brackets)"
  fi
}

# Not in a container without privileges, where no practice node can be. Who is not root has other troubles first.
may_isolate() {
  [ "$(id -u)" = 0 ] || return 0
  command -v unshare >/dev/null || return 0
  unshare --mount --pid --net --fork -- true 2>/dev/null
}

# do_without SET CAUSE NEXT: the end of the set-up for the testbed; the others go on.
do_without() {
  [ "$1" != testbed ] || fail "$2" "$3"
  printf 'set-up: %s\n  next: %s\nset-up: going on without\n' "$2" "$3"
}

installed() {
  [ "$(dpkg-query -W -f '${db:Status-Status}' "$1" 2>/dev/null)" = installed ]
}

# shellcheck disable=SC2086 # a list of words
one_line() { echo $1; }

install_packages() {
  wanted_packages=$(one_line "$missing_packages")
  by_hand="apt-get install --no-install-recommends $wanted_packages"
  if [ "$(id -u)" != 0 ]; then
    do_without "$1" "root is needed to install Debian packages: $wanted_packages" "sudo $by_hand"
    return
  fi
  say "Debian packages to install: $wanted_packages"
  say 'no service is started or enabled by it'
  if [ -t 0 ] && [ -t 1 ]; then
    printf 'set-up: install them? [Y/n] '
    read -r answer || answer=n
    case $answer in
      '' | y | Y | yes | Yes) ;;
      *)
        do_without "$1" 'declined' "$by_hand"
        return
        ;;
    esac
  fi
  trap restore_policy EXIT
  trap 'exit 130' INT
  trap 'exit 143' TERM
  deny_services
  run_apt "$1" "$wanted_packages"
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

# run_apt SET PACKAGES: all of them, else those that this distribution has.
# shellcheck disable=SC2086 # a list of words
run_apt() {
  DEBIAN_FRONTEND=noninteractive NEEDRESTART_SUSPEND=1 APT_LISTCHANGES_FRONTEND=none
  export DEBIAN_FRONTEND NEEDRESTART_SUSPEND APT_LISTCHANGES_FRONTEND
  if known_to_apt "$2" && apt_install $2; then
    return
  fi
  say "refreshing apt's package lists"
  if ! apt-get -qq -o DPkg::Lock::Timeout=120 update </dev/null; then
    do_without "$1" 'apt-get update failed; its own message is above' 'check the network and /etc/apt/sources.list'
    return
  fi
  known_packages=$(for package in $2; do
    ! known_to_apt "$package" || echo "$package"
  done)
  known_packages=$(one_line "$known_packages")
  if [ -n "$known_packages" ] && ! apt_install $known_packages; then
    do_without "$1" 'apt-get install failed; its own message is above' "apt-get install --no-install-recommends $known_packages"
  elif [ "$known_packages" != "$2" ]; then
    do_without "$1" "apt finds not all of them (another distribution, or no network); installed: ${known_packages:-none}" \
      "apt-get install --no-install-recommends $2"
  fi
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
