# shellcheck shell=sh
# The part of every probe that runs first; compose.ts joins it with the probes of facts into one script.
#
# "$1" is the run's marker (random hex): the collector finds the first frame by it, whatever a login banner printed before.
# "$2" is the time budget of all sections together, whole seconds.
#
# A probe calls   section KEY SECONDS BYTES command [argument…]
# where command is a program or one of the probe's own functions. The command runs in a subshell (it sees the variables and
# functions set before; what it sets is lost), with nothing on its standard input, for SECONDS at most, children included. Its
# output is capped at BYTES, its errors at 4096; no file it writes can grow over BYTES either. It may leave files for a later
# section under "$nm_scratch". Exit codes: 77 = root is needed (EX_NOPERM of sysexits.h), 126 and 127 = the program is missing;
# all others are handed to the reader as they are.
#
# What is called - instead of KEY is not sent: it leaves files for the others.
#
# Where a probe knows from those files what its section would print, it says so before it calls section (nm_tell): then nothing is
# started.
#
# Frames: "nodemend:<marker> section KEY EXIT OUTPUT-BYTES ERROR-BYTES STATUS" and a newline, then the bytes. Lengths come from
# wc -c, never from ${#var}, which counts characters and loses NUL. Finished sections are sent together, because a process for
# each would be most of the probe's cost; the watchdog's tick sends them early while a slow section runs.

PATH=/usr/sbin:/usr/bin:/sbin:/bin:/usr/local/sbin:/usr/local/bin
LC_ALL=C
export PATH LC_ALL
# Unset, IFS is what it is by default, and no longer exported.
unset IFS ENV BASH_ENV CDPATH TMPDIR
umask 077

nm_marker=$1
nm_budget=$2
nm_number=0
nm_unsent=0
unset nm_told
nm_pid=''
nm_pending=''
nm_woken=''
nm_overdue=''
nm_scratch=''
nm_watchdog=''
# 4096 bytes, to see whether the scratch folder still takes a page.
nm_page=................................................................
nm_page=$nm_page$nm_page$nm_page$nm_page
nm_page=$nm_page$nm_page$nm_page$nm_page
nm_page=$nm_page$nm_page$nm_page$nm_page

printf '\nnodemend:%s start 1\n' "$nm_marker"

renice -n 10 -p "$$" >/dev/null 2>&1
ionice -c 3 -p "$$" >/dev/null 2>&1

# Ends a process and all that descend from it. Each is stopped before its children are looked for, so that none is born unseen.
nm_end_tree() {
  nm_tree=" $1 "
  nm_found=$1
  while [ -n "$nm_found" ]; do
    # shellcheck disable=SC2086 # a list of process ids
    kill -STOP $nm_found 2>/dev/null
    nm_found=''
    for nm_stat in /proc/[0-9]*/stat; do
      { read -r nm_line <"$nm_stat"; } 2>/dev/null || continue
      nm_child=${nm_stat#/proc/}
      nm_child=${nm_child%/stat}
      # The command's name may hold blanks and brackets: the fields start after the last bracket.
      nm_line=${nm_line##*) }
      nm_line=${nm_line#? }
      case $nm_tree in
        *" $nm_child "*) continue ;;
        *" ${nm_line%% *} "*)
          nm_tree="$nm_tree$nm_child "
          nm_found="$nm_found $nm_child"
          ;;
      esac
    done
  done
  # shellcheck disable=SC2086 # a list of process ids
  kill -KILL $nm_tree 2>/dev/null
}

# Looks once a second whether the section that runs is over its time, and wakes the script. The script is woken, not only
# relieved of its child, because a child in an uninterruptible wait (a dead NFS server) does not die when killed.
nm_watch() {
  trap 'kill "$nm_nap" 2>/dev/null; exit 0' TERM
  nm_elapsed=0
  nm_ticks=0
  nm_last=''
  while :; do
    sleep 1 &
    nm_nap=$!
    wait "$nm_nap"
    nm_elapsed=$((nm_elapsed + 1))
    nm_current=''
    { read -r nm_current nm_child nm_seconds <"$nm_scratch/current"; } 2>/dev/null
    # The script may have been killed, or have left so early that its signal was lost.
    [ -d "$nm_scratch" ] || exit 0
    if ! kill -0 "$$" 2>/dev/null; then
      [ -z "$nm_current" ] || nm_end_tree "$nm_child"
      rm -rf "$nm_scratch"
      exit 0
    fi
    [ "$nm_current" = "$nm_last" ] || nm_ticks=-1
    nm_last=$nm_current
    nm_ticks=$((nm_ticks + 1))
    if [ "$nm_elapsed" -ge "$nm_budget" ]; then
      echo all >"$nm_scratch/overdue"
      [ -z "$nm_current" ] || nm_end_tree "$nm_child"
    elif [ -n "$nm_current" ] && [ "$nm_ticks" -ge "$nm_seconds" ]; then
      echo "$nm_current" >"$nm_scratch/overdue"
      nm_end_tree "$nm_child"
    fi
    kill -USR1 "$$" 2>/dev/null
  done
}

# A tmpfs first: the disk may be what is full.
for nm_base in /run /dev/shm /tmp; do
  mkdir "$nm_base/nodemend-$nm_marker" 2>/dev/null || continue
  nm_scratch=$nm_base/nodemend-$nm_marker
  { printf %s "$nm_page" >"$nm_scratch/page"; } 2>/dev/null && break
  rm -rf "$nm_scratch"
  nm_scratch=''
done

nm_look() {
  { read -r nm_overdue <"$nm_scratch/overdue"; } 2>/dev/null
}

nm_leave() {
  # A signal may come between the start of a section and the next command.
  [ "$nm_pid" != new ] || nm_pid=$!
  [ -z "$nm_pid" ] || nm_end_tree "$nm_pid"
  [ -z "$nm_watchdog" ] || kill "$nm_watchdog" 2>/dev/null
  [ -z "$nm_scratch" ] || rm -rf "$nm_scratch"
}
trap nm_leave EXIT
trap 'nm_woken=1; nm_look' USR1
# Over its file size limit a writer gets an error; the signal's default would dump its core.
trap '' XFSZ

if [ -n "$nm_scratch" ]; then
  # The braces matter: dash keeps copies of the descriptors that a function's own redirection replaces, and with them the
  # connection open.
  { nm_watch; } </dev/null >/dev/null 2>&1 &
  nm_watchdog=$!
fi
# After the watchdog was started: a signal that meets a trap inherited over the fork is lost. INT is left to the watchdog:
# bash cuts expansions short while it handles one.
trap 'exit 129' HUP
trap 'exit 141' PIPE
trap 'exit 143' TERM

# Waits for the section's process: $nm_code and $nm_status say how it ended.
nm_wait() {
  nm_gone=''
  while :; do
    nm_woken=''
    wait "$nm_pid"
    nm_code=$?
    # The death of the child may be seen before the watchdog's signal.
    [ "$nm_code" -le 128 ] || nm_look
    case $nm_overdue in
      "$nm_number" | all) nm_status=timed-out nm_code=137 && return ;;
    esac
    # A code over 128 after a wake-up is the child's own only if the child is gone; 138 is the wake-up's (USR1 is 10), even where the
    # child ended in the same moment: its own is still to be waited for.
    if [ -z "$nm_woken" ] || [ "$nm_code" -le 128 ]; then break; fi
    if ! kill -0 "$nm_pid" 2>/dev/null; then
      [ "$nm_code" -eq 138 ] || break
      # bash's handler jumps out of the waitpid that has just reaped the child, whose end nobody knows then: bash would wait for it for
      # ever. It has left its code, but for one that ran a program in its own place: of that, no more is known at the next wake-up.
      nm_left=''
      { read -r nm_left nm_code <"$nm_scratch/code"; } 2>/dev/null
      [ "$nm_left" != "$nm_number" ] || break
      [ -z "$nm_gone" ] || { nm_status=timed-out nm_code=137 && return; }
      nm_gone=1
    fi
    nm_flush
  done
  nm_ended
}

# The section's output is still there: a scratch folder that was too small for it is too small for one page more.
nm_ended() {
  nm_status=ended
  { printf %s "$nm_page" >>"$nm_scratch/page"; } 2>/dev/null || nm_status=scratch-full
}

# Of a section that the scratch folder was too small for nothing is sent.
nm_drop_unkept() {
  if [ "$nm_status" = scratch-full ]; then
    : >"$nm_section.out"
    : >"$nm_section.err"
  fi
}

# nm_tell [LINE]: what the next section prints.
nm_tell() {
  nm_told=${1:+"$1
"}
}

section() {
  nm_name=$1
  nm_number=$((nm_number + 1))
  nm_section=$nm_scratch/$nm_number
  if [ "$nm_name" = - ]; then
    nm_unsent=$((nm_unsent + 1))
    [ -n "$nm_scratch" ] || return 0
  elif [ -z "$nm_scratch" ] || [ "$nm_overdue" = all ]; then
    nm_status=timed-out
    [ -n "$nm_scratch" ] || nm_status=no-scratch
    printf 'nodemend:%s section %s 0 0 0 %s\n' "$nm_marker" "$nm_name" "$nm_status" || exit 1
    return
  fi
  nm_seconds=$2
  nm_bytes=$3
  if [ -n "${nm_told+set}" ]; then
    { printf %s "$nm_told" >"$nm_section.out" && : >"$nm_section.err"; } 2>/dev/null
    unset nm_told
    nm_code=0
    nm_ended
    nm_pending="$nm_pending $nm_number:$nm_name:0:$nm_bytes:$nm_status"
    return
  fi
  # Run ahead (learn.sh): its code is written when it has come to its end.
  if [ -s "$nm_scratch/ahead-$4.code" ]; then
    read -r nm_code <"$nm_scratch/ahead-$4.code"
    nm_section=$nm_scratch/ahead-$4
    nm_ended
    nm_drop_unkept
    nm_pending="$nm_pending ahead-$4:$nm_name:$nm_code:$nm_bytes:$nm_status"
    return
  fi
  shift 3
  nm_pid=new
  {
    # Blocks of 512 bytes (bash outside its posix mode: 1024); the exact cap is made when the section is sent.
    ulimit -f "$((nm_bytes / 512 + 9))"
    # For nm_wait.
    [ -z "${BASH_VERSION-}" ] || trap 'echo "$nm_number $?" >"$nm_scratch/code"' EXIT
    "$@"
  } </dev/null >"$nm_section.out" 2>"$nm_section.err" &
  nm_pid=$!
  echo "$nm_number $nm_pid $nm_seconds" >"$nm_scratch/current"
  nm_wait
  : >"$nm_scratch/current"
  nm_pid=''
  nm_drop_unkept
  [ "$nm_name" = - ] || nm_pending="$nm_pending $nm_number:$nm_name:$nm_code:$nm_bytes:$nm_status"
}

# Cuts file "$1" to "$2" bytes.
nm_cut() {
  dd if="$1" of="$1.cut" bs="$2" count=1 2>/dev/null
  mv -f "$1.cut" "$1"
}

# Writes the header of a finished section ("$1", as nm_pending has it) of "$2" output and "$3" error bytes, and cuts what is
# over its caps.
nm_header() {
  nm_h_file=$nm_scratch/${1%%:*}
  nm_h_rest=${1#*:}
  nm_h_name=${nm_h_rest%%:*}
  nm_h_rest=${nm_h_rest#*:}
  nm_h_code=${nm_h_rest%%:*}
  nm_h_rest=${nm_h_rest#*:}
  nm_h_cap=${nm_h_rest%%:*}
  nm_h_status=${nm_h_rest#*:}
  nm_h_out=$2
  nm_h_err=$3
  if [ "$nm_h_out" -gt "$nm_h_cap" ]; then
    nm_cut "$nm_h_file.out" "$nm_h_cap"
    nm_h_out=$nm_h_cap
    [ "$nm_h_status" != ended ] || nm_h_status=truncated
  fi
  if [ "$nm_h_err" -gt 4096 ]; then
    nm_cut "$nm_h_file.err" 4096
    nm_h_err=4096
  fi
  printf 'nodemend:%s section %s %s %s %s %s\n' \
    "$nm_marker" "$nm_h_name" "$nm_h_code" "$nm_h_out" "$nm_h_err" "$nm_h_status" >"$nm_h_file.head"
}

# Sends the finished sections: one wc and one cat for all of them.
nm_flush() {
  [ -n "$nm_pending" ] || return 0
  nm_files=''
  for nm_entry in $nm_pending; do
    nm_file=$nm_scratch/${nm_entry%%:*}
    nm_files="$nm_files $nm_file.out"
    # Few have any.
    [ ! -s "$nm_file.err" ] || nm_files="$nm_files $nm_file.err"
  done
  nm_counted="$nm_files "
  # shellcheck disable=SC2046,SC2086 # words on purpose: "<bytes> <file>" pairs; the paths hold no blank
  set -- $(wc -c $nm_files)
  nm_files=''
  for nm_entry in $nm_pending; do
    nm_file=$nm_scratch/${nm_entry%%:*}
    nm_files="$nm_files $nm_file.head"
    [ "$1" -eq 0 ] || nm_files="$nm_files $nm_file.out"
    nm_out=$1
    shift 2
    case $nm_counted in
      *" $nm_file.err "*)
        nm_header "$nm_entry" "$nm_out" "$1"
        nm_files="$nm_files $nm_file.err"
        shift 2
        ;;
      *) nm_header "$nm_entry" "$nm_out" 0 ;;
    esac
  done
  nm_pending=''
  # shellcheck disable=SC2086 # a list of paths without blanks
  cat $nm_files || exit 1
}

# The frame that proves that all sections were sent.
nm_finish() {
  nm_flush
  read -r nm_uptime nm_rest </proc/uptime
  printf 'nodemend:%s end %s %s\n' "$nm_marker" "$((nm_number - nm_unsent))" "$nm_uptime"
  exit 0
}

# Without a scratch folder nothing can be framed but a short text: that who the node is, is known even then.
nm_identity_alone() {
  nm_text=$(nm_identity)
  nm_length=$(printf '%s\n' "$nm_text" | wc -c)
  printf 'nodemend:%s section nodemend/identity 0 %s 0 ended\n%s\n' "$nm_marker" "$((nm_length))" "$nm_text"
  nm_number=1
}

# The effective user id, read once for all: it is the second of four.
nm_uid=''
while read -r nm_key _ nm_rest; do
  case $nm_key in
    Uid:)
      nm_uid=${nm_rest%%[!0-9]*}
      break
      ;;
  esac
done </proc/self/status

# Who the node says it is. Builtins only, but for the clock: looking a user's name up can hang on a dead directory server.
nm_identity() {
  read -r nm_host </proc/sys/kernel/hostname
  read -r nm_machine </etc/machine-id
  read -r nm_boot </proc/sys/kernel/random/boot_id
  read -r nm_uptime nm_rest </proc/uptime
  printf '%s=%s\n' uid "$nm_uid" user "${SUDO_USER:-${LOGNAME:-${USER:-}}}" hostname "$nm_host" machine-id "$nm_machine" \
    boot-id "$nm_boot" uptime "$nm_uptime"
  # In this process's place: a section ends with it.
  exec date +clock=%s%N
}

# ---- what several probes need

# Whether the probe runs as root: much looks absent to others.
nm_is_root() {
  [ "$nm_uid" = 0 ]
}

# Where program "$1" is, in $nm_program; fails where it is nowhere on the path. What `command -v` says would take a fork of the shell.
nm_on_path() {
  IFS=:
  for nm_program in $PATH; do
    nm_program=$nm_program/$1
    [ ! -f "$nm_program" ] || [ ! -x "$nm_program" ] || break
    nm_program=''
  done
  unset IFS
  [ -n "$nm_program" ]
}

# The architecture of the running kernel, as uname names it: machine <architecture>. From Linux 6.1 on no program has to be started.
nm_machine_is() {
  { read -r nm_machine </proc/sys/kernel/arch; } 2>/dev/null || nm_machine=$(uname -m)
  echo "machine $nm_machine"
}

# What there is to say of a configuration file "$1" that is there, before its content; fails where that is not to be read. Its name
# was learnt on the node, so it has to be root's own with all that leads to it (runtimes/path-of-root.sh), and of the kind that "$2" says
# (json, yaml, toml, conf, args): what is none of that is not read into the evidence.
#   link|closed|large <path> · refused <why> <path> · file <mode, hex, with type> <uid> <gid> <size> <seconds since 1970 of its last change> <path>
#   now <seconds since 1970>
nm_found_file() {
  [ ! -L "$1" ] || echo "link $1"
  nm_note_now
  # shellcheck disable=SC2154 # set by nm_path_of_root
  if ! nm_is_kind "$2" "$1" || ! nm_path_of_root "$1" "$nm_scratch/now" || ! nm_is_kind "$2" "$nm_real_path"; then
    # A link that leads nowhere is nobody's.
    case $nm_why in
      missing) echo "closed $1" ;;
      *) echo "refused $nm_why $1" ;;
    esac
    return 1
  fi
  if [ ! -f "$nm_real_path" ] || [ ! -r "$nm_real_path" ]; then
    echo "closed $1"
    return 1
  fi
  echo "file $nm_found $1"
  # shellcheck disable=SC2154 # set by nm_path_of_root
  echo "now ${nm_found_beside##* }"
  # shellcheck disable=SC2086 # words on purpose
  set -- "$1" $nm_found
  [ "$5" -gt 65536 ] || return 0
  echo "large $1"
  return 1
}

# The checksum (SHA-256) of file "$1", in $nm_sum; what was told of it ahead (learn.sh), else by a start of sha256sum.
nm_sums=''
nm_sum_of() {
  nm_sum=''
  case $nm_sums in
    *"  $1"*)
      IFS='
'
      set -f
      for nm_line_of in $nm_sums; do
        case $nm_line_of in *"  $1") nm_sum=${nm_line_of%% *} ;; esac
      done
      set +f
      unset IFS
      ;;
  esac
  [ -z "$nm_sum" ] || return 0
  sha256sum <"$1" >"$nm_scratch/sum"
  read -r nm_sum _ <"$nm_scratch/sum"
}

# nm_is_kind KIND PATH
nm_is_kind() {
  nm_why=kind
  case $1:$2 in
    json:*.json | toml:*.toml | yaml:*.yaml | yaml:*.yml | yaml:*.json | conf:*.conf | args:*/kubelet-user-args) nm_why='' ;;
  esac
  [ -z "$nm_why" ]
}

if [ -n "$nm_scratch" ]; then
  section nodemend/identity 3 4096 nm_identity
else
  nm_identity_alone
fi
