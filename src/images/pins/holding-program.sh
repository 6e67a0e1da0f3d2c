# shellcheck shell=sh
# A program of the node that does nothing for as long as it is let, and what it is loaded with: a container of any image can be made to
# run it, also one that contains nothing to run.
#   program <path>                      an ELF file of root's
#   static                              it needs nothing else
#   loader <path> · library <name> <path>       else these, as its own loader finds them
#   refused <why> <path>                others than root have a say in what that is
#   none <why>                          no-program · not-elf (a script, as of coreutils in one file) · no-ldd · not-found <library>
holding_program() {
  nm_is_root || return 77
  for holding_path in /usr/bin/sleep /bin/sleep; do
    [ -e "$holding_path" ] && break
  done
  if [ ! -e "$holding_path" ]; then
    echo 'none no-program'
    return 0
  fi
  holding_is_roots "$holding_path" || return 0
  # The first byte is 7f; the shell itself reads on to the first byte that ends a line, without those that are 0.
  IFS= read -r holding_line <"$holding_path"
  case $holding_line in
    ?ELF*) ;;
    *)
      echo 'none not-elf'
      return 0
      ;;
  esac
  # What a program prints goes through a file where it is short: the shell need not be forked for it.
  # shellcheck disable=SC2154 # set by the prelude
  holding_file=$nm_scratch/holding-program holding_list=''
  # Asked like this glibc's loader lists what ldd would, which asks it several times. Where there is no such loader the program runs,
  # and complains that it is not told how long to sleep: then ldd is asked, which says so of a static file, with whatever exit code.
  LD_TRACE_LOADED_OBJECTS=1 "$holding_path" >"$holding_file" 2>&1
  while IFS= read -r holding_line; do
    case $holding_line in *' => '*) holding_list=yes && break ;; esac
  done <"$holding_file"
  if [ -z "$holding_list" ]; then
    if ! command -v ldd >/dev/null 2>&1; then
      echo 'none no-ldd'
      return 0
    fi
    ldd "$holding_path" >"$holding_file" 2>&1
  fi
  echo "program $holding_path"
  nm_know_links /lib /lib64 /usr/lib64/ld-linux*
  while IFS= read -r holding_line; do
    holding_needs "$holding_line" || return 0
  done <"$holding_file"
}

# One line of ldd, glibc's or musl's.
holding_needs() {
  # shellcheck disable=SC2086 # words
  set -- $1
  case $*:$# in
    *'not a dynamic executable'*:* | *'statically linked'*:* | *'Not a valid dynamic program'*:*) echo static ;;
    *' => not found'*:*) echo "none not-found $1" ;;
    *' => /'*:*)
      holding_is_roots "$3" || return 1
      echo "library $1 $3"
      ;;
    /*:*)
      holding_is_roots "$1" || return 1
      echo "loader $1"
      ;;
  esac
}

holding_is_roots() {
  nm_path_of_root "$1" && return 0
  # shellcheck disable=SC2154 # set by nm_path_of_root
  echo "refused $nm_why $1"
  return 1
}

section images/holding-program 5 4096 holding_program
