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
# Frames: "nodemend:<marker> section KEY EXIT OUTPUT-BYTES ERROR-BYTES STATUS", one line for each section that is sent now, then
# "nodemend:<marker> bodies", then their bytes in that order, of each its output and its errors. Lengths come from wc -c, never from
# ${#var}, which counts characters and loses NUL. Finished sections are sent together, because a process for each would be most of the
# probe's cost, and a file for each header more than what is in it; the watchdog's tick sends them early while a slow section runs.

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
nm_learnt=''
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
  # The names of its files are short from there. What is started goes elsewhere first.
  cd "$nm_scratch" || exit 1
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
  nm_gone='' nm_full=''
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
    # What is sent now leaves room; the section that runs may have found none.
    nm_ended
    [ "$nm_status" = ended ] || nm_full=1
    nm_flush
  done
  nm_ended
  [ -z "$nm_full" ] || nm_status=scratch-full
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
  elif [ -z "$nm_scratch" ] || { [ "$nm_overdue" = all ] && [ ! -s "ahead-$4.code" ]; }; then
    nm_status=timed-out
    [ -n "$nm_scratch" ] || nm_status=no-scratch
    printf 'nodemend:%s section %s 0 0 0 %s\nnodemend:%s bodies\n' "$nm_marker" "$nm_name" "$nm_status" "$nm_marker" || exit 1
    return
  fi
  nm_seconds=$2
  nm_bytes=$3
  if [ -n "${nm_told+set}" ]; then
    nm_status=ended
    { printf %s "$nm_told" >"$nm_section.out"; } 2>/dev/null || nm_status=scratch-full
    unset nm_told
    nm_drop_unkept
    nm_pending="$nm_pending $nm_number $nm_name 0 $nm_bytes $nm_status"
    return
  fi
  # Run ahead (learn.sh): its code is written when it has come to its end.
  if [ -s "$nm_scratch/ahead-$4.code" ]; then
    read -r nm_code <"$nm_scratch/ahead-$4.code"
    nm_section=$nm_scratch/ahead-$4
    # There was room for a page when all of them had ended.
    nm_status=$nm_learnt
    [ "$nm_learnt" = ended ] || nm_ended
    nm_drop_unkept
    nm_pending="$nm_pending ahead-$4 $nm_name $nm_code $nm_bytes $nm_status"
    return
  fi
  shift 3
  nm_pid=new
  {
    # Blocks of 512 bytes (bash outside its posix mode: 1024); the exact cap is made when the section is sent.
    ulimit -f "$((nm_bytes / 512 + 9))"
    # For nm_wait.
    [ -z "${BASH_VERSION-}" ] || trap 'echo "$nm_number $?" >"$nm_scratch/code"' EXIT
    cd /
    "$@"
  } </dev/null >"$nm_section.out" 2>"$nm_section.err" &
  nm_pid=$!
  echo "$nm_number $nm_pid $nm_seconds" >"$nm_scratch/current"
  nm_wait
  : >"$nm_scratch/current"
  nm_pid=''
  nm_drop_unkept
  [ "$nm_name" = - ] || nm_pending="$nm_pending $nm_number $nm_name $nm_code $nm_bytes $nm_status"
}

# nm_cut [FILE BYTES]…: cuts each where it is, because a copy may find no room.
nm_cut() {
  while [ "$#" -gt 0 ]; do
    dd if=/dev/null of="$1" bs="$2" seek=1 2>/dev/null || return 1
    shift 2
  done
}

# Sends the finished sections: one wc and one cat for all of them. Of each, $nm_pending has five words: its files' name, its key, its exit
# code, the cap of its output, and how it ended.
nm_flush() {
  [ -n "$nm_pending" ] || return 0
  # What nm_ended took is room for what is written here. Where even that is not enough, they are sent another time.
  : >page
  # shellcheck disable=SC2086 # words on purpose
  set -- $nm_pending
  nm_files=' '
  while [ "$#" -gt 0 ]; do
    nm_files="$nm_files$1.out "
    # Few have any.
    [ ! -s "$1.err" ] || nm_files="$nm_files$1.err "
    shift 5
  done
  # shellcheck disable=SC2086 # words on purpose
  wc -c $nm_files >sizes 2>/dev/null || return 0
  # shellcheck disable=SC2086 # words on purpose
  set -- $nm_pending
  nm_heads='' nm_bodies='' nm_long=''
  while [ "$#" -gt 0 ]; do
    read -r nm_out _
    nm_error=0
    case $nm_files in *" $1.err "*) read -r nm_error _ ;; esac
    nm_how=$5
    if [ "$nm_out" -gt "$4" ]; then
      nm_long="$nm_long $1.out $4"
      nm_out=$4
      [ "$nm_how" != ended ] || nm_how=truncated
    fi
    if [ "$nm_error" -gt 4096 ]; then
      nm_long="$nm_long $1.err 4096"
      nm_error=4096
    fi
    nm_heads="${nm_heads}nodemend:$nm_marker section $2 $3 $nm_out $nm_error $nm_how
"
    [ "$nm_out" -eq 0 ] || nm_bodies="$nm_bodies $1.out"
    [ "$nm_error" -eq 0 ] || nm_bodies="$nm_bodies $1.err"
    shift 5
  done <sizes
  # In a file, and not by the shell itself: bash gives up a write when the watchdog wakes it.
  { printf '%snodemend:%s bodies\n' "$nm_heads" "$nm_marker" >heads; } 2>/dev/null || return 0
  nm_pending=''
  # shellcheck disable=SC2086 # words on purpose
  nm_cut $nm_long && cat heads $nm_bodies || exit 1
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
  printf 'nodemend:%s section nodemend/identity 0 %s 0 ended\nnodemend:%s bodies\n%s\n' "$nm_marker" "$((nm_length))" "$nm_marker" "$nm_text"
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
  date +clock=%s%N
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
