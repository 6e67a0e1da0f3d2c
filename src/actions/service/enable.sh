# shellcheck shell=sh disable=SC2154,SC2034 # prelude.sh and unit.sh go before it
# Enables the unit, and whatever its file says is enabled with it: enable.sh RUN SESSION KEY UNIT
# It may be done twice: a run that died in between repeats it.
run=$1 session=$2 key=$3 unit=$4

require_systemd
begin_commit "$run" "$session" "$key"
if is_committed; then
  conclude already
fi
set_phase "$action" committing
# Debian's systemctl would rename the links of a script of the same name in /etc/rc?.d as well, which systemd does not read.
SYSTEMCTL_SKIP_SYSV=1
export SYSTEMCTL_SKIP_SYSV
must systemctl systemctl enable -- "$unit"
set_phase "$action" committed
say outcome 'done'
