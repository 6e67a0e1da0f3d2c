# shellcheck shell=sh disable=SC2034,SC2154 # path-of-root.sh and daemon.sh go before it
# daemon-has-read.sh PATH: seconds since dockerd was started, and since its configuration file was last changed.
#   doubt dockerd <why> · running <seconds> · changed <seconds>
PATH=/usr/sbin:/usr/bin:/sbin:/bin:/usr/local/sbin:/usr/local/bin
LC_ALL=C
export PATH LC_ALL
path=$1

nm_scratch=''
nm_daemon dockerd
[ -z "$nm_doubt" ] || echo "doubt dockerd $nm_doubt"
[ -n "$nm_found_pid" ] || exit 0
nm_age_of "$nm_found_pid" || exit 1
echo "running $nm_age"
changed=$(stat -L -c %Z -- "$path") && echo "changed $(($(date +%s) - changed))"
