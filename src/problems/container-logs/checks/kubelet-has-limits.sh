# shellcheck shell=sh
# kubelet-has-limits.sh flags|file PATH SIZE FILES: what the running kubelet was started with.
#   want flags|file <size> <files>
#   flag <name>=<value>                 of its command line
#   running <seconds> · changed <seconds>      ages of the process and of the file
#   key <name> <value>                  of the file
PATH=/usr/sbin:/usr/bin:/sbin:/bin:/usr/local/sbin:/usr/local/bin
LC_ALL=C
export PATH LC_ALL
path=$2

echo "want $1 $3 $4"
process=$(grep -lsx kubelet /proc/[0-9]*/comm)
process=${process%%/comm*}
[ -n "$process" ] || exit 0
tr '\000' '\n' <"$process/cmdline" | sed -n 's/^--\(container-log-max-size\|container-log-max-files\)=\(.*\)/flag \1=\2/p'
read -r line <"$process/stat"
# The 22nd field is the process's start in hundredths of a second (proc(5)).
# shellcheck disable=SC2086 # words on purpose
set -- ${line##*) }
shift 19
start=$1
read -r uptime _ </proc/uptime
echo "running $((${uptime%%.*} - start / 100))"
changed=$(stat -L -c %Z -- "$path") && echo "changed $(($(date +%s) - changed))"
sed -n 's/^\(containerLogMaxSize\|containerLogMaxFiles\):[[:space:]]*"\{0,1\}\([^"[:space:]#]*\).*/key \1 \2/p' "$path"
