# shellcheck shell=sh
# daemon-has-read.sh PATH: seconds since dockerd was started, and since its configuration file was last changed.
#   running <seconds> · changed <seconds>
PATH=/usr/sbin:/usr/bin:/sbin:/bin:/usr/local/sbin:/usr/local/bin
LC_ALL=C
export PATH LC_ALL
path=$1

process=$(grep -lsx dockerd /proc/[0-9]*/comm)
process=${process%%/comm*}
[ -n "$process" ] || exit 0
read -r line <"$process/stat"
# The 22nd field is the process's start in hundredths of a second (proc(5)).
# shellcheck disable=SC2086 # words on purpose
set -- ${line##*) }
shift 19
start=$1
read -r uptime _ </proc/uptime
echo "running $((${uptime%%.*} - start / 100))"
changed=$(stat -L -c %Z -- "$path") && echo "changed $(($(date +%s) - changed))"
