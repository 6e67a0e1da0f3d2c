# shellcheck shell=sh disable=SC2154 # prelude.sh and boot.sh go before it
# Tells the node to reboot itself, once: request.sh RUN SESSION KEY
# Whether a process that died behind the phase still said it to the node, nobody knows: it is not said again.
run=$1 session=$2 key=$3

read_boot
find_reboot
begin_commit "$run" "$session" "$key"
if [ "$phase" = committing ] || is_committed; then
  conclude already
fi
keep_boot "$action/boot-before"
set_phase "$action" committing
ask_reboot
say outcome 'done'
