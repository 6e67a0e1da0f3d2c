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
nm_grub_state() {
  if [ -d /sys/firmware/efi ]; then echo 'firmware efi'; else echo 'firmware bios'; fi
  nm_grub_running
  nm_grub_tools
  # In the order in which the defaults are sourced.
  nm_grub_files=''
  for nm_grub_path in /etc/default/grub /etc/default/grub.d/*.cfg; do nm_grub_file default "$nm_grub_path"; done
  for nm_grub_path in /boot/grub/grub.cfg /boot/grub2/grub.cfg /boot/efi/EFI/*/grub.cfg; do nm_grub_file config "$nm_grub_path"; done
  for nm_grub_path in /boot/loader/entries/*.conf; do nm_grub_file entry "$nm_grub_path"; done
  nm_grub_file env /boot/grub2/grubenv
  nm_grub_file command-line /etc/kernel/cmdline
  [ -z "$nm_grub_files" ] || nm_grub_told
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
    # Twice, because an answer that is kept costs a process.
    command -v "$nm_grub_tool" >/dev/null 2>&1 || continue
    nm_grub_place=$(command -v "$nm_grub_tool")
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

# nm_grub_file WORD PATH: what is not there is not told.
nm_grub_file() {
  [ -e "$2" ] || [ -L "$2" ] || return 0
  [ ! -L "$2" ] || nm_grub_files="${nm_grub_files}link $2
"
  nm_grub_word=$1
  if [ ! -f "$2" ] || [ ! -r "$2" ]; then nm_grub_word=closed; fi
  nm_grub_files="$nm_grub_files$nm_grub_word $2
"
}

# nm_grub_one WORD PATH: of another file than nm_grub_state looks at.
nm_grub_one() {
  nm_grub_files=''
  nm_grub_file "$1" "$2"
  [ -z "$nm_grub_files" ] || nm_grub_told
}

# <permission bits> <uid> <gid> <bytes> <path> of each, in $nm_grub_looks.
nm_grub_look() {
  nm_grub_looks=$(stat -L -c '%a %u %g %s %n' -- "$@" 2>/dev/null)
}

# <checksum>  <path> of each, in $nm_grub_sums.
nm_grub_sum() {
  nm_grub_sums=$(sha256sum -- "$@" 2>/dev/null)
}

# All of $nm_grub_files: each program is started once, and not once for each of them.
nm_grub_told() {
  set --
  while read -r nm_grub_word nm_grub_path; do
    case $nm_grub_word in '' | link | closed) ;; *) set -- "$@" "$nm_grub_path" ;; esac
  done <<FILES
$nm_grub_files
FILES
  nm_grub_looks='' nm_grub_sums=''
  [ "$#" -eq 0 ] || nm_grub_look "$@"
  set --
  # shellcheck disable=SC2034 # what is before them
  while read -r nm_grub_mode nm_grub_uid nm_grub_gid nm_grub_size nm_grub_path; do
    [ "${nm_grub_size:-262145}" -gt 262144 ] || set -- "$@" "$nm_grub_path"
  done <<LOOKS
$nm_grub_looks
LOOKS
  [ "$#" -eq 0 ] || nm_grub_sum "$@"
  nm_grub_files=$nm_grub_files nm_grub_looks=$nm_grub_looks nm_grub_sums=$nm_grub_sums awk '
    BEGIN {
      pattern["config"] = "^(### (BEGIN|END) |[ \t]*(menuentry|submenu|linux(16|efi)?|module2?|blscfg|configfile)([ \t]|$))"
      pattern["entry"] = "^(title|linux|options)[ \t]"
      pattern["env"] = "^kernelopts="
      count = split(ENVIRON["nm_grub_looks"], lines, "\n")
      for (at = 1; at <= count; at++) {
        split(lines[at], fields, " ")
        look = fields[1] " " fields[2] " " fields[3] " " fields[4]
        path = substr(lines[at], length(look) + 2)
        looks[path] = look
        sizes[path] = fields[4]
      }
      count = split(ENVIRON["nm_grub_sums"], lines, "\n")
      for (at = 1; at <= count; at++) sums[substr(lines[at], 67)] = substr(lines[at], 1, 64)
      count = split(ENVIRON["nm_grub_files"], lines, "\n")
      for (at = 1; at < count; at++) {
        word = path = lines[at]
        sub(/ .*/, "", word)
        path = substr(path, length(word) + 2)
        if (word == "link" || word == "closed") print word, path
        else if (path in sums) told()
        else print (sizes[path] > 262144 ? "large" : "closed"), path
      }
    }
    function told(    line) {
      print word, sums[path], looks[path], path
      while ((getline line <path) > 0)
        if (!(word in pattern) || line ~ pattern[word]) print "| " line
      close(path)
    }'
}
