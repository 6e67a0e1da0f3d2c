# shellcheck shell=sh disable=SC2154,SC2034 # prelude.sh and containerd.sh go before it
# Pins every record, or takes the pin off: label.sh RUN SESSION KEY SOCKET PINNED RECORD...
run=$1 session=$2 key=$3 socket=$4 pinned=$5
shift 5

require_containerd "$socket"
begin_commit "$run" "$session" "$key"
if is_committed; then
  conclude already
fi
set_phase "$action" committing
while [ "$#" -gt 0 ]; do
  read_record "$1"
  # What an earlier process of the run has labelled is done.
  if [ "$record_run" != "$run" ]; then
    require_record "$1" "$2" "$3" "$4"
    set_labels "$1" "$pinned" "$run"
  fi
  shift 4
done
set_phase "$action" committed
say outcome 'done'
