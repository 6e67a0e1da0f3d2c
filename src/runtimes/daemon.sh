# shellcheck shell=sh disable=SC2034,SC2154 # path-of-root.sh goes before it, and who calls reads what it leaves
# Which process is the node's own dockerd, containerd, kubelet or cron. Its name tells nothing: anybody's process, and any container's,
# may be called so, and say on its command line what it likes. A process is the daemon when
#
#   - all its user ids are 0 (a program that is root's by its set-user-id bit has the caller's own among them, and is none),
#   - its namespaces of processes, users and mounts are those of process 1, and its root folder is this one, and
#   - the program that it runs, by the kernel's own word (/proc/<pid>/exe, not its command line), is root's alone, with the whole path,
#
# or when systemd says so: it is the main process of its unit, and root's. That is asked for only where the rest does not decide: a unit
# may have a mount namespace of its own (MountFlags=slave, as docker's had on CentOS 7), or a program that an archive's owner owns.
# A process of another namespace of processes is a container's and none of the node's. Whatever else claims a name that nobody has
# rightly, or shares it with one that does, makes it unknown who it is.
#
# Joined behind path-of-root.sh. Under "$nm_scratch", where that is set, the answer is kept for the sections to come.

nm_daemons=''
nm_daemon_names='dockerd containerd kubelet crio cri-dockerd cron crond anacron'
# Patterns of paths that will be asked for, between blanks.
nm_looks_ahead=${nm_looks_ahead-}

# nm_daemon NAME: its process in $nm_found_pid; empty where there is none, or where it cannot be told, with why in $nm_doubt:
#   needs-root · not-root · user-namespace · mount-namespace · root-folder · program · set-user-id · several
nm_daemon() {
  nm_find_daemons
  nm_found_pid='' nm_doubt=''
  case "
$nm_daemons" in *"
$1 "*) ;; *) return 0 ;; esac
  nm_line="
$nm_daemons"
  nm_line=${nm_line#*"
$1 "}
  nm_line=${nm_line%%"
"*}
  case $nm_line in
    '? '*) nm_doubt=${nm_line#? } ;;
    *) nm_found_pid=$nm_line ;;
  esac
}

# nm_has_daemon NAME: its process in $nm_found_pid. Where there is none, or it cannot be told, it says so and fails:
#   no-<name> · doubt <name> <why>
nm_has_daemon() {
  nm_daemon "$1"
  if [ -n "$nm_doubt" ]; then
    echo "doubt $1 $nm_doubt"
    return 1
  fi
  [ -n "$nm_found_pid" ] && return 0
  echo "no-$1"
  return 1
}

# nm_lacks_daemon NAME: nothing claims to be it. Fails where nobody has looked yet, for looking takes time.
nm_lacks_daemon() {
  [ -n "$nm_daemons" ] || return 1
  nm_daemon "$1"
  [ -z "$nm_found_pid$nm_doubt" ]
}

# All of them, in $nm_daemons: `<name> <pid>` or `<name> ? <why it cannot be told>` a line. One look through all processes, which
# may be thousands, for all names and all sections.
nm_find_daemons() {
  [ -z "$nm_daemons" ] || return 0
  if [ -n "${nm_scratch-}" ] && [ -s "$nm_scratch/daemons" ]; then
    while read -r nm_line; do nm_keep_daemon "$nm_line"; done <"$nm_scratch/daemons"
    return 0
  fi
  nm_own='' nm_claims=''
  # Through a file, where there can be one: the shell need not be forked for it. One that is empty may have found no room.
  nm_processes=''
  if [ -z "${nm_scratch-}" ]; then
    nm_processes=$(nm_claim_names '') || nm_processes=$(nm_claims_one_by_one)
  elif nm_claim_names "$nm_scratch/words-" >"$nm_scratch/claims" && [ -s "$nm_scratch/claims" ]; then
    while read -r nm_line; do nm_processes="$nm_processes $nm_line"; done <"$nm_scratch/claims"
  else
    nm_processes=$(nm_claims_one_by_one)
    # What it was at when it ended may be half.
    for nm_path in "$nm_scratch"/words-*; do [ ! -e "$nm_path" ] || : >"$nm_path"; done
  fi
  # No name among them holds a blank or a character of a pattern.
  set --
  for nm_line in $nm_processes; do set -- "$@" "/proc/${nm_line%:*}/exe"; done
  # One look for all of them, for the folders that daemons are in, and for what else will be asked for.
  # shellcheck disable=SC2086 # patterns of paths
  [ "$#$nm_looks_ahead" = 0 ] || nm_know "$@" / /usr /usr/bin /usr/sbin /usr/local /usr/local/bin $nm_looks_ahead
  nm_know_roots
  for nm_line in $nm_processes; do
    nm_sort_claim "${nm_line%:*}" "${nm_line##*:}"
  done
  for nm_name in $nm_daemon_names; do nm_decide "$nm_name"; done
  nm_keep_daemon '- none'
  [ -z "${nm_scratch-}" ] || echo "$nm_daemons" >"$nm_scratch/daemons"
}

# Who has such a name, <pid>:<name> a line. A process may be gone by now; where one goes between the opening and the reading of its
# file, mawk ends, and what comes behind would look absent: then it fails.
# The words of those that are asked for them (nm_words_of) are taken along into "$1"<pid>-<when it was started>, where this awk can tell a
# byte of 0. Of a few, and no more of one than a daemon has: anybody may start thousands of that name.
nm_claim_names() {
  awk -v names="$nm_daemon_names" -v words="$1" '
    function keep_words(pid,    file, line, text, fields) {
      file = "/proc/" pid "/stat"
      getline line <file
      close(file)
      sub(/.*\) /, "", line)
      if (split(line, fields, " ") < 20) return
      file = "/proc/" pid "/cmdline"
      while (length(text) <= 65536 && (getline line <file) > 0) text = text line "\n"
      close(file)
      sub(/\n$/, "", text)
      if (length(text) > 65536 || !gsub(/\000/, "\n", text)) return
      file = words pid "-" fields[20]
      printf "%s", text >file
      close(file)
    }
    BEGIN {
      count = split(names, names_of, " ")
      for (at = 1; at <= count; at++) isName[names_of[at]] = 1
      text = "none"
      if (gsub(/\000/, "", text)) words = ""
      for (at = 1; at < ARGC; at++) {
        file = ARGV[at] "/comm"
        if ((getline name <file) > 0 && name in isName) {
          pid = substr(ARGV[at], 7)
          print pid ":" name
          if (words != "" && name ~ /^(dockerd|containerd|kubelet)$/ && ++kept <= 8) keep_words(pid)
        }
        close(file)
      }
    }' /proc/[0-9]* 2>/dev/null
}

# The same by the shell alone, to whom it is nothing that a process is gone.
nm_claims_one_by_one() {
  for nm_line in /proc/[0-9]*; do
    { IFS= read -r nm_name <"$nm_line/comm"; } 2>/dev/null || continue
    case $nm_name in '' | *' '*) continue ;; esac
    case " $nm_daemon_names " in *" $nm_name "*) echo "${nm_line#/proc/}:$nm_name" ;; esac
  done
}

nm_keep_daemon() {
  nm_daemons=${nm_daemons:+"$nm_daemons
"}$1
}

# nm_sort_claim PID NAME
nm_sort_claim() {
  nm_is_own "$1" && nm_runs_roots_program "$1" "$2"
  case $nm_why in
    '') nm_own="$nm_own $2:$1:$nm_parent" ;;
    gone | container) ;;
    *) nm_claims="$nm_claims $2:$1:$nm_why" ;;
  esac
}

# Whether process "$1" is root's and in the node's own namespaces; why not in $nm_why. Nothing but the shell itself.
nm_is_own() {
  nm_why=gone nm_uids='' nm_parent=''
  {
    while IFS=' 	' read -r nm_key nm_value nm_ids; do
      case $nm_key in
        PPid:) nm_parent=$nm_value ;;
        Uid:)
          nm_uids="$nm_value	$nm_ids"
          break
          ;;
      esac
    done <"/proc/$1/status"
  } 2>/dev/null
  [ -n "$nm_uids" ] || return 1
  # shellcheck disable=SC3013 # each sh of Linux has -ef, and it compares what the links stand for
  if [ ! -e /proc/1/ns/pid ]; then
    nm_why=needs-root
  elif [ ! -e "/proc/$1/ns/pid" ]; then
    nm_why=gone
  elif [ ! "/proc/$1/ns/pid" -ef /proc/1/ns/pid ]; then
    nm_why=container
  elif [ "$nm_uids" != '0	0	0	0' ]; then
    nm_why=not-root
  elif [ ! "/proc/$1/ns/user" -ef /proc/1/ns/user ]; then
    nm_why=user-namespace
  elif [ ! "/proc/$1/ns/mnt" -ef /proc/1/ns/mnt ]; then
    nm_why=mount-namespace
  elif [ ! "/proc/$1/root/." -ef /. ]; then
    nm_why=root-folder
  else
    nm_why=''
  fi
  [ -z "$nm_why" ]
}

# Whether only root decides what process "$1", whose name is "$2", runs. A program that was replaced meanwhile is still looked at itself; its folders are
# those that it was started from.
nm_runs_roots_program() {
  nm_program_of "$1" "$2" || {
    nm_why=gone
    return 1
  }
  case $nm_program in
    /*/*) nm_folder=${nm_program%/*} ;;
    *) nm_folder=/ ;;
  esac
  nm_path_of_root "$nm_folder" "/proc/$1/exe" || {
    nm_why=program
    return 1
  }
  # shellcheck disable=SC2086 # words on purpose
  set -- $nm_found_beside
  nm_only_roots "$@" || nm_why=program
  [ $((0x$1 & 0xc00)) -eq 0 ] || nm_why=set-user-id
  [ -z "$nm_why" ]
}

# The program of process "$1", whose name is "$2", in $nm_program. Where it is the file of that name in one of the usual folders, nobody
# has to be started for its name.
nm_program_of() {
  for nm_folder in /usr/local/bin /usr/bin /usr/sbin /usr/local/sbin /opt/bin; do
    nm_program=$nm_folder/$2
    # shellcheck disable=SC3013 # as below
    [ ! "/proc/$1/exe" -ef "$nm_program" ] || return 0
  done
  nm_program=$(readlink "/proc/$1/exe") || return 1
  nm_program=${nm_program%' (deleted)'}
}

# What is to be said of name "$1".
nm_decide() {
  nm_pids=' ' nm_heads=' '
  for nm_claim in $nm_own; do
    case $nm_claim in
      "$1":*)
        nm_claim=${nm_claim#*:}
        nm_pids="$nm_pids${nm_claim%%:*} "
        ;;
    esac
  done
  # A daemon that is starting another program has its name twice for a moment, and cron has a process for each job.
  for nm_claim in $nm_own; do
    case $nm_claim in
      "$1":*)
        case $nm_pids in
          *" ${nm_claim##*:} "*) ;;
          *)
            nm_claim=${nm_claim#*:}
            nm_heads="$nm_heads${nm_claim%%:*} "
            ;;
        esac
        ;;
    esac
  done
  # shellcheck disable=SC2086 # words on purpose
  set -- "$1" $nm_heads
  case $1:$# in
    *:1) nm_decide_by_systemd "$1" ;;
    *:2 | cron:* | crond:* | anacron:*) nm_keep_daemon "$1 $2" ;;
    *) nm_decide_by_systemd "$@" ;;
  esac
}

# nm_decide_by_systemd NAME [PID…]: several have a right to the name, or none of those that claim it.
nm_decide_by_systemd() {
  nm_name=$1
  shift
  nm_reason=''
  [ "$#" -eq 0 ] || nm_reason=several
  for nm_claim in $nm_claims; do
    case $nm_claim in
      "$nm_name":*)
        nm_reason=${nm_reason:-"${nm_claim##*:}"}
        nm_pid_at=${nm_claim#*:}
        case ${nm_claim##*:} in mount-namespace | root-folder | program) set -- "$@" "${nm_pid_at%%:*}" ;; esac
        ;;
    esac
  done
  [ -n "$nm_reason" ] || return 0
  nm_main=''
  for nm_pid_at in "$@"; do
    nm_is_main "$nm_pid_at" || continue
    nm_main=${nm_main:+"? several"}
    nm_main=${nm_main:-"$nm_pid_at"}
  done
  nm_keep_daemon "$nm_name ${nm_main:-"? $nm_reason"}"
}

# Whether process "$1" is the main one of the unit of systemd that it belongs to.
nm_is_main() {
  nm_unit_of "$1"
  [ -n "$nm_unit" ] && [ -d /run/systemd/system ] || return 1
  [ "$(systemctl show -p MainPID -- "$nm_unit" 2>/dev/null)" = "MainPID=$1" ]
}

# The unit that process "$1" belongs to, in $nm_unit.
nm_unit_of() {
  nm_unit=''
  {
    while read -r nm_line; do
      case $nm_line in
        *.service)
          nm_unit=${nm_line##*/}
          break
          ;;
      esac
    done <"/proc/$1/cgroup"
  } 2>/dev/null
}

# Of which processes the words were read, each with when it was started, which may be the number of another.
nm_words_taken=''

# The words of the command line of process "$1", which is a daemon's, one per line, in the file $nm_words. Read once for all sections.
nm_words_of() {
  case $nm_words_taken in
    *" $1:"*)
      nm_words=${nm_words_taken#*" $1:"}
      nm_words=$nm_scratch/words-$1-${nm_words%% *}
      return 0
      ;;
  esac
  nm_started_of "$1"
  nm_words_taken="$nm_words_taken $1:$nm_started "
  nm_words=$nm_scratch/words-$1-$nm_started
  [ ! -s "$nm_words" ] || return 0
  tr '\000' '\n' <"/proc/$1/cmdline" >"$nm_words" || : >"$nm_words"
  # The number may be another process's by now.
  nm_is_own "$1" || case $nm_why in mount-namespace | root-folder) ;; *) : >"$nm_words" ;; esac
  # Without its words it would look like one that was started with none; it is gone, and what is told of it ends here.
  [ -s "$nm_words" ] || exit 1
}

# Notes this moment, once: how long the node has been up, in a file that is as old.
nm_note_now() {
  [ ! -s "$nm_scratch/now" ] || return 0
  read -r nm_uptime _ </proc/uptime
  echo "$nm_uptime" >"$nm_scratch/now"
}

# When process "$1" was started, in the kernel's own hundredths of a second since the boot, in $nm_started; empty where it is gone.
nm_started_of() {
  nm_started=''
  { read -r nm_line <"/proc/$1/stat"; } 2>/dev/null || return 1
  # The name may hold blanks and brackets. The process's start is the 22nd field (proc(5)).
  # shellcheck disable=SC2086 # words on purpose
  set -- ${nm_line##*) }
  shift 19
  nm_started=$1
}

# Seconds since process "$1" was started, in $nm_age; when that was in $nm_started. Fails, with nothing in them, where it is gone.
nm_age_of() {
  nm_age=''
  nm_started_of "$1" || return 1
  # The moment at which files were looked at, where they were: what is newer than the process is told by both.
  nm_clock=/proc/uptime
  if [ -n "${nm_scratch-}" ] && [ -s "$nm_scratch/now" ]; then nm_clock=$nm_scratch/now; fi
  read -r nm_uptime _ <"$nm_clock"
  # Both in hundredths: the difference of two rounded numbers would be a second off half of the time.
  nm_age=$(((${nm_uptime%%.*}${nm_uptime#*.} - nm_started) / 100))
  [ "$nm_age" -ge 0 ] || nm_age=0
}

# The state of process "$1" in one letter (proc(5)), in $nm_state; `-` where it is not there.
nm_state_of() {
  nm_state=-
  { read -r nm_line <"/proc/$1/stat"; } 2>/dev/null || return 0
  # The name may hold blanks and brackets.
  nm_line=${nm_line##*) }
  nm_state=${nm_line%% *}
}

# The age of process "$1", and the unit of systemd that it belongs to, which is also in $nm_unit; what is told of one that is gone by now ends here:
#   running <seconds> · service <unit>
nm_life() {
  nm_age_of "$1" || exit 1
  echo "running $nm_age"
  nm_unit_of "$1"
  [ -z "$nm_unit" ] || echo "service $nm_unit"
}
