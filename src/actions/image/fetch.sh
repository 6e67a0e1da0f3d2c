# shellcheck shell=sh disable=SC2154,SC2034 # prelude.sh, image.sh and what asks the runtime go before it
# Pulls the image under a name of the run's own, and looks whether it is whole; of one that is not, nothing is left.
# fetch.sh ARGUMENTS... HOSTS USER PATIENCE LIMIT PATH HOSTS_FOLDER, what logs in on standard input
take_arguments "$@"
shift 11
hosts=$1 user=$2 patience=$3 limit=$4 room_path=$5 hosts_folder=${6-}

# Ends a pull that brings nothing any more, or takes too long.
watch_pull() {
  waited=0 changed=0 last=''
  while sleep 1; do
    waited=$((waited + 1))
    [ "$((waited % 3))" -eq 0 ] || continue
    progress=$(progress_of_pull) || progress=''
    if [ "$progress" != "$last" ]; then
      last=$progress changed=$waited
    fi
    if [ "$((waited - changed))" -ge "$patience" ] || [ "$waited" -ge "$limit" ]; then
      printf 'stopped after %s s, the last %s without progress\n' "$waited" "$((waited - changed))" >"$fetch/stopped"
      kill -9 "$(cat "$fetch/pid")"
      return
    fi
  done
}

pull_once() {
  rm -f "$fetch/ended" "$fetch/log" "$fetch/pid"
  {
    pull_code=0
    pull || pull_code=$?
    printf '%s\n' "$pull_code" >"$fetch/ended"
  } &
  puller=$!
  watch_pull >/dev/null 2>&1 9<&- &
  watcher=$!
  wait "$puller" || :
  kill "$watcher" 2>/dev/null || :
}

# Sets wrong: empty when the image is here and whole.
look_at_pull() {
  wrong=''
  if [ -s "$fetch/stopped" ]; then
    wrong=$(cat "$fetch/stopped")
  elif pull_failed; then
    wrong=$(tail -n 1 "$fetch/log" 2>/dev/null) || wrong=''
    wrong=${wrong:-no words}
  else
    read_name "$from"
    [ "$name_digest" = "$digest" ] || wrong="$from: ${name_digest:-absent}"
    [ -n "$wrong" ] || find_lacking "$from"
    wrong=${wrong:-$lacking}
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
pull_once
look_at_pull
# As many as an image has layers, at the most.
forgotten=0
while [ -n "$wrong" ] && [ "$forgotten" -lt 128 ] && forget_absent_blob "$wrong"; do
  forgotten=$((forgotten + 1))
  pull_once
  look_at_pull
done
if [ -n "$wrong" ]; then
  withdraw_incoming
  withdraw_ids
  collect
  refuse fetch-failed "$wrong"
fi
say outcome 'done'
