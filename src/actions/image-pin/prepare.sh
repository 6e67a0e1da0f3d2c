# shellcheck shell=sh disable=SC2154,SC2034 # prelude.sh and containerd.sh go before it
# Looks whether the image's records are those of the plan, and writes down what undo needs. Changes no label.
# prepare.sh RUN SESSION KEY SOCKET RECORD_BYTES RECORD..., the record of the run on standard input
run=$1 session=$2 key=$3 socket=$4 record_bytes=$5
shift 5

require_tools
require_containerd "$socket"
begin_apply "$run" "$session" "$key"
if [ "$phase" = committing ] || is_committed; then
  # An earlier process of the run: the next step finishes it.
  conclude already
fi
while [ "$#" -gt 0 ]; do
  require_record "$1" "$2" "$3" "$4"
  shift 4
done
keep_record "$record_bytes"
note_staged
say outcome 'done'
