# shellcheck shell=sh disable=SC2154 # prelude.sh and boot.sh go before it
# Reboots the node once more where the running kernel still has what was put back: undo.sh RUN SESSION KEY NEEDED NAME...
# NEEDED is yes or no; or ask, and what the running kernel has is said for the caller to tell. May be run again after it was cut short.
run=$1 session=$2 key=$3 needed=$4
shift 4

begin_undo "$run" "$session" "$key"
if [ "$phase" = staged ]; then
  forget_action
  conclude already
fi
read_boot
if [ "$phase" = committing ] && [ "$boot" = "$(kept_boot "$action/boot-before")" ]; then
  # It was told to reboot, and may still do so at any moment; unless the command itself said no.
  [ -f "$action/not-rebooted" ] || refuse reboot-pending
  needed=no
fi
if [ "$phase" = undoing ] && [ ! -f "$action/not-rebooted" ]; then
  # Asked for by an undo that was cut short afterwards: it is waited for.
  conclude 'done'
fi
if [ "$needed" = no ]; then
  set_phase "$action" undone
  conclude already
fi
find_reboot
if [ "$needed" = ask ]; then
  say_boot "$action" "$@"
  conclude asked
fi
keep_boot "$action/boot-before-undo"
set_phase "$action" undoing
ask_reboot
say outcome 'done'
