# shellcheck shell=sh
# What GRUB boots here, and what that is generated from; for the probe, and for the scripts of actions that change it.
#   firmware bios|efi
#   booted <BOOT_IMAGE> · root <root>       of /proc/cmdline; no `booted` where something else than GRUB booted the kernel
#   in-force <argument>                     what of the arguments that nodemend sets was given to the running kernel
#   tool <name> · update-grub stock|other   whether it is grub-mkconfig for /boot/grub/grub.cfg, and nothing else
#   sources grub.d                          the generator reads /etc/default/grub.d/*.cfg, a patch of Debian and Ubuntu
# then files, each in one line, and what was read of it behind it, line by line, each behind "| ":
#   default|command-line <sha256> <mode> <uid> <gid> <size> <path>    whole: what configurations are generated from, in order
#   config|entry|env <sha256> <mode> <uid> <gid> <size> <path>        only the lines that say what is booted, and how
#   link <path>                             the file of the next line is a symbolic one
#   closed|large <path>                     what cannot be read, or is not a file; what is too long to be one
# Of a configuration the lines that say what is booted.
nm_grub_lines='^(### (BEGIN|END) |[[:blank:]]*(menuentry|submenu|linux(16|efi)?|module2?|blscfg|configfile)([[:blank:]]|$))'

nm_grub_state() {
  if [ -d /sys/firmware/efi ]; then echo 'firmware efi'; else echo 'firmware bios'; fi
  nm_grub_running
  nm_grub_tools
  nm_grub_defaults
  for nm_grub_path in /boot/grub/grub.cfg /boot/grub2/grub.cfg /boot/efi/EFI/*/grub.cfg; do
    nm_grub_file config "$nm_grub_path" "$nm_grub_lines"
  done
  for nm_grub_path in /boot/loader/entries/*.conf; do
    nm_grub_file entry "$nm_grub_path" '^(title|linux|options)[[:blank:]]'
  done
  nm_grub_file env /boot/grub2/grubenv '^kernelopts='
  nm_grub_file command-line /etc/kernel/cmdline ''
}

nm_grub_running() {
  nm_grub_line=''
  [ ! -r /proc/cmdline ] || read -r nm_grub_line </proc/cmdline || :
  set -f
  # shellcheck disable=SC2086 # split at blanks, as the kernel does
  set -- $nm_grub_line
  set +f
  for nm_grub_word in "$@"; do
    case $nm_grub_word in
      # Behind it everything is init's.
      --) break ;;
      BOOT_IMAGE=*) echo "booted ${nm_grub_word#*=}" ;;
      root=*) echo "root ${nm_grub_word#*=}" ;;
      cgroup[._]memory=*) echo "in-force $nm_grub_word" ;;
    esac
  done
}

nm_grub_tools() {
  for nm_grub_tool in update-grub grub-mkconfig grub2-mkconfig grubby; do
    nm_grub_place=$(command -v "$nm_grub_tool" 2>/dev/null) || continue
    echo "tool $nm_grub_tool"
    case $nm_grub_tool in
      update-grub)
        nm_grub_text=$(grep -v '^#' "$nm_grub_place" 2>/dev/null) || nm_grub_text=''
        if [ "$nm_grub_text" = 'set -e
exec grub-mkconfig -o /boot/grub/grub.cfg "$@"' ]; then
          echo 'update-grub stock'
        else
          echo 'update-grub other'
        fi
        ;;
      *-mkconfig)
        if grep -q '/default/grub\.d/\*\.cfg' "$nm_grub_place" 2>/dev/null; then echo 'sources grub.d'; fi
        ;;
    esac
  done
}

# In the order in which they are sourced.
nm_grub_defaults() {
  for nm_grub_path in /etc/default/grub /etc/default/grub.d/*.cfg; do
    nm_grub_file default "$nm_grub_path" ''
  done
}

# nm_grub_file WORD PATH PATTERN: without a pattern the whole of it. What is not there is not told.
nm_grub_file() {
  [ -e "$2" ] || [ -L "$2" ] || return 0
  [ ! -L "$2" ] || echo "link $2"
  if [ ! -f "$2" ] || [ ! -r "$2" ]; then
    echo "closed $2"
    return 0
  fi
  nm_grub_stat=$(stat -L -c '%a %u %g %s' "$2") || return 0
  if [ "${nm_grub_stat##* }" -gt 262144 ]; then
    echo "large $2"
    return 0
  fi
  nm_grub_sum=$(sha256sum <"$2") || return 0
  echo "$1 ${nm_grub_sum%% *} $nm_grub_stat $2"
  if [ -z "$3" ]; then
    sed 's/^/| /' <"$2"
    # Of a last line that has no end.
    echo
  else
    grep -E "$3" <"$2" | sed 's/^/| /'
  fi
}
