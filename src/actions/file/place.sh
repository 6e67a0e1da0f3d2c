# shellcheck shell=sh disable=SC2034,SC2154 # prelude.sh goes before it
# What the scripts of the file action share. A state is one line: "absent", "file SHA256 MODE UID GID", or the word for
# something that is not a plain file.
state_of() {
  if [ -L "$1" ]; then
    printf 'symlink'
  elif [ -d "$1" ]; then
    printf 'directory'
  elif [ ! -e "$1" ]; then
    printf 'absent'
  elif [ ! -f "$1" ]; then
    printf 'special'
  else
    # From standard input, because sha256sum escapes odd names in its output.
    if sum=$(sha256sum <"$1") && meta=$(stat -c '%a %u %g' "$1"); then
      printf 'file %s %s' "${sum%% *}" "$meta"
    else
      printf 'unreadable'
    fi
  fi
}

# Sets folder and target for an absolute path, with links in its folder resolved. Whoever can write to the folder, or move
# it, could swap what root writes there. With a second argument "make" the folder, and those above it, may be missing:
# place_root is the first that is there.
find_place() {
  place_folder=${1%/*}
  place_folder=${place_folder:-/}
  place_below=''
  if [ "${2-}" = make ]; then
    while [ ! -e "$place_folder" ] && [ ! -L "$place_folder" ]; do
      place_below=/${place_folder##*/}$place_below
      place_folder=${place_folder%/*}
      place_folder=${place_folder:-/}
    done
  fi
  place_root=$(cd -P "$place_folder" 2>/dev/null && pwd -P) || refuse no-folder "$place_folder"
  folder=$place_root
  [ -z "$place_below" ] || folder=${place_root%/}$place_below
  target=${folder%/}/${1##*/}
  set -- "$place_root"
  above=$1
  while [ "$above" != / ]; do
    above=${above%/*}
    set -- "$@" "${above:=/}"
  done
  guards=$(stat -c '%u %g %a' "$@") || refuse unsafe-folder "$1"
  for above in "$@"; do
    # shellcheck disable=SC2086 # three numbers of each
    set -- $guards
    # Octal constants for the arithmetic: the sticky bit does not help, and a group of root alone does no harm.
    if [ "$1" != 0 ] || [ $((0$3 & ($2 ? 022 : 02))) -ne 0 ]; then
      refuse unsafe-folder "$above"
    fi
    shift 3
    guards=$*
  done
}

# Shows at most 64 KiB of a file, for the diff: say_content NAME FILE
say_content() {
  if [ -f "$2" ] && [ ! -L "$2" ]; then
    shown=$(stat -c %s "$2" || printf 0)
    [ "$shown" -le 65536 ] || shown=65536
    printf '@nodemend-bytes %s %s\n' "$1" "$shown"
    head -c "$shown" "$2" || :
    printf '\n'
  fi
}

# The file is not what it has to be for us to touch it: refuse_state STATE FILE
refuse_state() {
  say state "$1"
  case $1 in
    symlink | directory | special | unreadable) refuse not-a-file "$1" ;;
  esac
  say_content current "$2"
  refuse changed
}

# Gives a new file the owner of a wanted state, where it is another's: chown drops set-id bits and capabilities. own FILE STATE
own() {
  own_file=$1
  # shellcheck disable=SC2086 # five words
  set -- $2
  [ "$(stat -c '%u %g' "$own_file")" = "$4 $5" ] || must write-failed chown "$4:$5" "$own_file"
}

# Gives a new file the owner and mode of a wanted state and proves that it has that state: dress FILE STATE
dress() {
  dress_file=$1 dress_state=$2
  # shellcheck disable=SC2086 # five words
  set -- $dress_state
  # The owner first: chown drops the set-id bits.
  own "$dress_file" "$dress_state"
  must write-failed chmod "0$3" "$dress_file"
  dress_now=$(state_of "$dress_file")
  [ "$dress_now" = "$dress_state" ] || fail write-failed "wrote $dress_state, read back $dress_now"
  flush_file "$dress_file"
}

# rename(2) of the first onto the second. Old busybox has no -T, which only matters for a folder, and that was refused.
move_onto() {
  move_words=$(mv -fT "$1" "$2" 2>&1) && return 0
  [ -e "$1" ] && [ ! -d "$2" ] && move_words=$(mv -f "$1" "$2" 2>&1)
}

# The SELinux label that belongs to the path, by the file's type; a temporary name may have earned another one.
relabel() {
  if [ -e /sys/fs/selinux/enforce ] && command -v restorecon >/dev/null 2>&1; then
    restorecon -F "$1" >/dev/null 2>&1 || say note 'restorecon failed'
  fi
}
