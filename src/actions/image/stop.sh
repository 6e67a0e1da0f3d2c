# shellcheck shell=sh disable=SC2154 # prelude.sh goes before it
# Asks a pull of this run that is under way to end: stop.sh RUN SESSION KEY. It takes no turn, which the pull has, and changes nothing
# itself: fetch.sh ends what it began.
run=$1 session=$2 key=$3

require_lock "$run" "$session"
action=$home/runs/$run/$key
[ "$(phase_of "$action")" = staged ] || conclude already
words=$({ : >"$action/stop-$session"; } 2>&1) || fail write-failed "$words"
say outcome 'done'
