# shellcheck shell=sh disable=SC2034,SC2154 # prelude.sh goes before it
# What the scripts of the log-space action share: where a log may lie, which file it is, who has it open.

# Goes into the folder of a log and sets log_name, or refuses: find_log PATH. A log lies directly in docker's folder of one
# container, under the container's own name, or in kubelet's folder of one container of one pod; nothing else is ever touched.
# Sets folder_state to `gone` when that folder, or the one above it, is no longer there.
find_log() {
  case $1 in
    *//* | */../* | */./* | */.. | */. | */) refuse log-outside "$1" ;;
  esac
  log_name=${1##*/}
  log_folder=${1%/*}
  case $1 in
    /var/log/pods/*/*/*)
      log_home=/var/log/pods
      case ${1#/var/log/pods/} in
        */*/*/*) refuse log-outside "$1" ;;
      esac
      log_number=${log_name%%.*}
      case $log_number in
        '' | *[!0-9]*) refuse log-outside "$1" ;;
      esac
      log_suffix=${log_name#"$log_number"}
      case $log_suffix in
        .log | .log[.-]?*) ;;
        *) refuse log-outside "$1" ;;
      esac
      ;;
    */containers/*/*-json.log*)
      log_id=${log_folder##*/}
      log_home=${log_folder%/*}
      case $log_id in
        *[!0-9a-f]*) refuse log-outside "$1" ;;
      esac
      if [ "${#log_id}" -ne 64 ] || [ "${log_home##*/}" != containers ]; then
        refuse log-outside "$1"
      fi
      log_suffix=${log_name#"$log_id"}
      case $log_suffix in
        -json.log | -json.log[.-]?*) ;;
        *) refuse log-outside "$1" ;;
      esac
      ;;
    *) refuse log-outside "$1" ;;
  esac
  folder_state=gone
  # Docker's data folder and /var/log may be links to a larger disk; below them nothing may be one.
  log_resolved=$(cd -P "$log_home" 2>/dev/null && pwd -P) || return 0
  cd -P "$log_folder" 2>/dev/null || return 0
  [ "$(pwd -P)" = "$log_resolved/${log_folder#"$log_home"/}" ] || refuse log-outside "$(pwd -P)/$log_name"
  # Anyone who can write here could put another file under the name between the look and the deed.
  log_guard=$(stat -c '%u %g %a' .) || refuse unsafe-folder "$log_folder"
  # shellcheck disable=SC2086 # three numbers
  set -- $log_guard
  if [ "$1" != 0 ] || [ $((0$3 & 02)) -ne 0 ] || { [ $((0$3 & 020)) -ne 0 ] && [ "$2" != 0 ]; }; then
    refuse unsafe-folder "$log_folder"
  fi
  folder_state=there
}

# Sets log_kind to `absent`, `file` or the word for something else, and for a file log_device, log_inode, log_links, log_size,
# log_allocated and log_modified.
see_log() {
  log_device='' log_inode='' log_links='' log_size=0 log_allocated=0 log_modified=''
  if [ "$folder_state" = gone ]; then
    log_kind=absent
  elif [ -L "./$log_name" ]; then
    log_kind=symlink
  elif [ ! -e "./$log_name" ]; then
    log_kind=absent
  elif [ ! -f "./$log_name" ]; then
    log_kind=special
  else
    log_stat=$(stat -c '%d %i %h %s %b %Y' "./$log_name") || {
      log_kind=absent
      return 0
    }
    log_kind='file'
    # shellcheck disable=SC2086 # six numbers
    set -- $log_stat
    log_device=$1 log_inode=$2 log_links=$3 log_size=$4 log_allocated=$(($5 * 512)) log_modified=$6
  fi
}

# Whether the file that the plan saw is no longer under its name, or (a log that was to be emptied) has been emptied since:
# is_gone HOW DEVICE INODE SIZE
is_gone() {
  [ "$log_kind" != absent ] || return 0
  [ "$log_kind" = file ] || return 1
  [ "$log_device" = "$2" ] && [ "$log_inode" = "$3" ] || return 0
  [ "$1" = truncate ] && [ "$log_size" -lt "$4" ]
}

# Refuses unless the file is still the one that the plan saw: require_same HOW SIZE MODIFIED. An old log does not change, a
# live one only grows.
require_same() {
  [ "$log_kind" = file ] || refuse not-a-file "$log_kind"
  # Under its other name the file would keep its blocks.
  [ "$log_links" = 1 ] || refuse not-a-file 'hard links'
  [ "$1" != truncate ] || return 0
  [ "$log_size $log_modified" = "$2 $3" ] || refuse changed
}

# Every open file of every process that is this one, one line each: `DEVICE:INODE /proc/PID/fd/N`. Root sees them all.
find_holders() {
  printf '%s\0' /proc/[0-9]*/fd/* | xargs -0 stat -L -c '%d:%i %n' 2>/dev/null | grep "^$1:$2 " || :
}

require_proc() {
  [ -e /proc/self/fd/0 ] || refuse tool-missing /proc
}

# An open file keeps its blocks when its name is removed, and somebody is at work with it: require_closed DEVICE INODE
require_closed() {
  holder=$(find_holders "$1" "$2")
  [ -z "$holder" ] || refuse in-use "$(holder_name "${holder#* }")"
}

# holder_name /proc/PID/fd/N: the program's name and number
holder_name() {
  holder_process=${1#/proc/}
  holder_process=${holder_process%%/*}
  holder_comm=$(cat "/proc/$holder_process/comm" 2>/dev/null) || holder_comm='?'
  printf '%s (%s)' "$holder_comm" "$holder_process"
}

# Says every program that writes into the file, and whether it appends: one that does not goes on where it was and leaves a hole.
say_writers() {
  find_holders "$1" "$2" | while read -r _ holder; do
    say_writer "$holder"
  done
}

# O_ACCMODE is 03 and O_APPEND 02000 on Linux; fdinfo gives them in octal with a leading zero (proc_pid_fdinfo(5)).
say_writer() {
  writer_flags=0
  { while read -r writer_key writer_value; do
    [ "$writer_key" != flags: ] || writer_flags=$writer_value
  done <"${1%/fd/*}/fdinfo/${1##*/}"; } 2>/dev/null || return 0
  case $writer_flags in
    '' | *[!0-7]*) return 0 ;;
  esac
  [ $((writer_flags & 03)) -ne 0 ] || return 0
  if [ $((writer_flags & 02000)) -ne 0 ]; then
    say_words writer "appends $(holder_name "$1")"
  else
    say_words writer "overwrites $(holder_name "$1")"
  fi
}

# Bytes that are free for root where a folder lies; nothing where the file system does not tell.
free_bytes() {
  free_stat=$(stat -f -c '%f %S' "$1" 2>/dev/null) || return 0
  case $free_stat in
    '' | *[!0-9\ ]*) return 0 ;;
  esac
  printf '%s' "$((${free_stat% *} * ${free_stat#* }))"
}
