# shellcheck shell=sh disable=SC2154 # prelude.sh and boot.sh go before it
# Writes down the boot that the node is in, and what undo needs. Reboots nothing.
# record.sh RUN SESSION KEY RECORD_BYTES NAME..., the record on standard input
run=$1 session=$2 key=$3 record_bytes=$4
shift 4

require_tools
read_boot
find_reboot
begin_apply "$run" "$session" "$key"
if [ "$phase" = committing ] || is_committed; then
  # An earlier process of the run asked for the reboot.
  conclude already
fi
keep_record "$record_bytes"
keep_boot "$action/boot-before"
note_staged
say_boot "$action" "$@"
say outcome 'done'
