# shellcheck shell=sh disable=SC2154,SC2034 # prelude.sh and containerd.sh go before it
# Puts the labels back that the run has set; a record that was pulled again since has none of them, and is left.
# undo.sh RUN SESSION KEY SOCKET RECORD...
run=$1 session=$2 key=$3 socket=$4
shift 4

begin_undo "$run" "$session" "$key"
if [ "$phase" = staged ]; then
  forget_action
  conclude already
fi
require_containerd "$socket"
was=$phase
set_phase "$action" undoing
put_back=no
while [ "$#" -gt 0 ]; do
  read_record "$1"
  if [ "$record_digest" = "$2" ] && [ "$record_run" = "$run" ]; then
    set_labels "$1" "$3" "$4"
    put_back=yes
  fi
  shift 4
done
set_phase "$action" undone
# Of an undo that was cut short nobody knows what it had put back.
[ "$put_back" = yes ] || [ "$was" = undoing ] || conclude already
say outcome 'done'
