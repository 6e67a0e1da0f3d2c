# shellcheck shell=sh
# What the node's package manager says of a reboot.
#   btime <seconds since 1970>                     when the running kernel started
#   file <uid> <type> <seconds since 1970>         /var/run/reboot-required: hooks of Debian's packages make it
#   package <name>                                 a line of /var/run/reboot-required.pkgs
#   hook <path>                                    makes that file when a kernel is installed
#   manager <dpkg|rpm>
#   asked <program>                                what else was asked; its exit code and its lines:
#   ended <exit code>
#   said <line>
packages_reboot_required() {
  grep '^btime ' /proc/stat || return
  if [ -e /var/run/reboot-required ] || [ -h /var/run/reboot-required ]; then
    stat -c 'file %u %f %Y' /var/run/reboot-required || return
    packages_lines package 100 2>/dev/null </var/run/reboot-required.pkgs
    return 0
  fi
  if [ -e /var/lib/dpkg/status ]; then
    echo 'manager dpkg'
    # Of unattended-upgrades (Debian, Ubuntu) and of update-notifier-common (Ubuntu): without one nobody makes the file.
    for packages_name in /etc/kernel/postinst.d/unattended-upgrades /etc/kernel/postinst.d/update-notifier; do
      [ ! -x "$packages_name" ] || echo "hook $packages_name"
    done
    return 0
  fi
  if [ -d /var/lib/rpm ] || [ -d /usr/lib/sysimage/rpm ]; then
    echo 'manager rpm'
    packages_needs_restarting
  fi
}

# Of yum-utils (Enterprise Linux 7), or a plugin of dnf; dnf-utils has the first name for the second.
packages_needs_restarting() {
  nm_is_root || return 77
  if command -v needs-restarting >/dev/null 2>&1; then
    set -- needs-restarting -r
  elif command -v dnf >/dev/null 2>&1; then
    set -- dnf -q needs-restarting -r
  else
    return 0
  fi
  echo "asked $1"
  # shellcheck disable=SC2154 # set by the prelude
  "$@" >"$nm_scratch/needs-restarting" 2>&1
  echo "ended $?"
  packages_lines said 100 <"$nm_scratch/needs-restarting"
}

packages_lines() {
  packages_count=0
  while [ "$packages_count" -lt "$2" ] && read -r packages_value; do
    printf '%s %s\n' "$1" "$packages_value"
    packages_count=$((packages_count + 1))
  done
  return 0
}

section packages/reboot-required 20 16384 packages_reboot_required
