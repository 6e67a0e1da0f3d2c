# shellcheck shell=sh disable=SC2154,SC2034 # prelude.sh, image.sh and what asks the runtime go before it
# Pulls the image under a name of the run's own, and looks whether it is whole; of one that is not, nothing is left.
# fetch.sh ARGUMENTS... HOSTS USER PATIENCE LIMIT PATH HOSTS_FOLDER NEEDED KEEP_FREE INODES KEEP_FREE_INODES SKIP_VERIFY CA CERTIFICATE
# TLS_KEY PART..., INODES 0 where they are not reckoned, what logs in on standard input. Of the PARTs, digests of what the image is made
# of, it says each second how much is there, as far as that can be known: "coming" with had, whole, or an amount of each, by the first
# twelve digits.
take_arguments "$@"
shift 11
hosts=$1 user=$2 patience=$3 limit=$4 room_path=$5 hosts_folder=$6 needed=$7 keep_free=$8
shift 8
inodes=$1 keep_free_inodes=$2 skip_verify=$3 ca=$4 certificate=$5 tls_key=$6
shift 6
parts=$*

# How much an image takes, and of how many files it is, is known when it is unpacked: one that takes more than was reckoned may not use
# up what kubelet needs. Sets full, to the reason and the words of a refusal; empty where there is room.
look_at_room() {
  full=''
  free=$(stat -f -c '%a %S %d' "$room_path" 2>/dev/null) || return 0
  free_inodes=${free##* }
  free=${free% *}
  free=$((${free% *} * ${free#* }))
  if [ "$free" -lt "$keep_free" ]; then
    full="no-room $room_path $free $needed $keep_free"
  elif [ "$inodes" -gt 0 ] && [ "$free_inodes" -lt "$keep_free_inodes" ]; then
    full="no-inodes $room_path $free_inodes $inodes $keep_free_inodes"
  fi
}

# Whether who sent this wants no more of it: stop.sh. One that is of another process of the run says nothing.
is_stopped() {
  [ -e "$action/stop-$session" ]
}

# Ends the pull, and says why: end_pull WORDS
end_pull() {
  printf '%s\n' "$1" >"$fetch/stopped"
  # One that has only just begun is not known yet.
  until [ -s "$fetch/pid" ]; do
    sleep 1
  done
  kill -9 "$(cat "$fetch/pid")"
}

# Ends a pull that is not wanted any more, brings nothing, takes too long, or too much.
watch_pull() {
  waited=0 changed=0 last=''
  while sleep 1; do
    waited=$((waited + 1))
    if is_stopped; then
      end_pull interrupted
      return
    fi
    overflow=$(overflow_of_pull "$needed" 2>/dev/null) || overflow=''
    if [ -n "$overflow" ]; then
      end_pull "$overflow: more came than the image may take ($needed bytes)"
      return
    fi
    # Small files come by the ten thousand in a second.
    look_at_room
    if [ "$((waited % 3))" -eq 0 ]; then
      progress=$(progress_of_pull) || progress=''
      if [ "$progress" != "$last" ]; then
        last=$progress changed=$waited
      fi
    fi
    if [ -n "$full" ] || [ "$((waited - changed))" -ge "$patience" ] || [ "$waited" -ge "$limit" ]; then
      printf '%s' "$full" >"$fetch/full"
      end_pull "stopped after $waited s, the last $((waited - changed)) without progress"
      return
    fi
  done
}

tell_parts() {
  coming=$(parts_of_pull 2>/dev/null) || coming=''
  [ -z "$coming" ] || say coming "${coming# }"
}

# In a process of its own, which ends with the script: who listens slowly, or no more, holds up nothing else.
keep_telling() {
  while sleep 1 >/dev/null && kill -0 "$$"; do
    tell_parts
  done
}

pull_once() {
  rm -f "$fetch/ended" "$fetch/log" "$fetch/pid" "$fetch/code" "$fetch/told"
  {
    pull_code=0
    pull || pull_code=$?
    printf '%s\n' "$pull_code" >"$fetch/ended"
  } &
  puller=$!
  watch_pull >/dev/null 2>&1 9<&- &
  watcher=$!
  keep_telling 2>/dev/null 9<&- &
  teller=$!
  wait "$puller" || :
  kill "$watcher" "$teller" 2>/dev/null || :
}

# Sets wrong: empty when the image is here and whole.
look_at_pull() {
  wrong=''
  full=''
  if [ -s "$fetch/full" ]; then
    full=$(cat "$fetch/full")
    wrong=$full
  elif [ -s "$fetch/stopped" ]; then
    wrong=$(cat "$fetch/stopped")
  elif pull_failed; then
    wrong=$(tail -n 1 "$fetch/log" 2>/dev/null) || wrong=''
    wrong=${wrong:-no words}
  else
    read_name "$from"
    [ "$name_digest" = "$digest" ] || wrong="$from: ${name_digest:-absent}"
    [ -n "$wrong" ] || find_lacking "$from"
    wrong=${wrong:-$lacking}
    [ -n "$wrong" ] || look_at_room
    wrong=${wrong:-$full}
  fi
}

require_runtime
[ -z "$user" ] || require_login_tool
begin_commit "$run" "$session" "$key"
[ "$phase" = staged ] || conclude already
# Only root looks into it, and it is gone when this script ends.
fetch=$action/fetch
trap 'rm -rf "$fetch"' EXIT
must write-failed rm -rf "$fetch"
must write-failed mkdir "$fetch"
begin_pull
tell_parts
pull_once
look_at_pull
# As many as an image has layers, at the most.
forgotten=0
while [ -n "$wrong" ] && [ "$forgotten" -lt 128 ] && ! is_stopped && forget_absent_blob "$wrong"; do
  forgotten=$((forgotten + 1))
  pull_once
  look_at_pull
done
if [ -n "$wrong" ]; then
  withdraw_incoming
  withdraw_ids
  collect
  ! is_stopped || conclude stopped
  [ -z "$full" ] || refuse "${full%% *}" "${full#* }"
  case $wrong in
    *'no space left on device'*) refuse disk-full "$wrong" ;;
  esac
  refuse fetch-failed "$wrong"
fi
tell_parts
say outcome 'done'
