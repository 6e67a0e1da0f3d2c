# shellcheck shell=sh disable=SC2154,SC2034 # prelude.sh goes before it, and place.sh with the log-space action
# Says how far a run got with a log and how the log is now, without changing anything: look.sh RUN KEY PATH HOW DEVICE INODE SIZE
run=$1 key=$2 path=$3 how=$4 device=$5 inode=$6 size=$7

require_proc
find_log "$path"
see_log
action=$home/runs/$run/$key
say phase "$(phase_of "$action")"
if is_gone "$how" "$device" "$inode" "$size"; then
  say freed-since yes
else
  say freed-since no
fi
if [ "$log_kind" = file ] && [ "$log_device $log_inode" = "$device $inode" ]; then
  say size "$log_size"
  say allocated "$log_allocated"
  say_writers "$device" "$inode"
fi
say outcome 'done'
