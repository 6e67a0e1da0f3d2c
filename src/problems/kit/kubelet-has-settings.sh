# shellcheck shell=sh disable=SC2034,SC2154 # path-of-root.sh and daemon.sh go before it
# kubelet-has-settings.sh flags|file PATH VALUE VALUE: what the running kubelet was started with. Before it stand $wanted_flags and
# $wanted_keys, two names each with a bar between them as sed has it.
#   want flags|file <value> <value> · doubt kubelet <why>
#   flag <name>=<value>                 of its command line
#   running <seconds> · changed <seconds>      ages of the process and of the file
#   key <name> <value>                  of the file
PATH=/usr/sbin:/usr/bin:/sbin:/bin:/usr/local/sbin:/usr/local/bin
LC_ALL=C
export PATH LC_ALL
path=$2

echo "want $1 $3 $4"
nm_scratch=''
nm_daemon kubelet
[ -z "$nm_doubt" ] || echo "doubt kubelet $nm_doubt"
[ -n "$nm_found_pid" ] || exit 0
tr '\000' '\n' <"/proc/$nm_found_pid/cmdline" | sed -n "s/^--\\($wanted_flags\\)=\\(.*\\)/flag \\1=\\2/p"
nm_age_of "$nm_found_pid" || exit 1
echo "running $nm_age"
changed=$(stat -L -c %Z -- "$path") && echo "changed $(($(date +%s) - changed))"
sed -n "s/^\\($wanted_keys\\):[[:space:]]*[\"]\\{0,1\\}\\([^\"[:space:]#]*\\).*/key \\1 \\2/p" "$path"
