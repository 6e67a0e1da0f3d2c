# shellcheck shell=sh
# Goes before each check: a scratch folder in $scratch, gone when the script ends, and `configuration`, which says what the
# node's logrotate makes of a configuration. Nothing of the node is changed, and no log of a container is rotated.

PATH=/usr/sbin:/usr/bin:/sbin:/bin:/usr/local/sbin:/usr/local/bin
LC_ALL=C
export PATH LC_ALL
umask 022
# shellcheck disable=SC2034 # for the check that follows
main=/etc/logrotate.conf
scratch=''

# A tmpfs first: the disk may be what is full. The folder is only root's, and has room for what a check writes.
for base in /run /dev/shm /tmp; do
  scratch=$(mktemp -d "$base/nodemend-check.XXXXXX" 2>/dev/null) || continue
  if { head -c 524288 /dev/zero >"$scratch/room"; } 2>/dev/null; then
    rm -f "$scratch/room"
    break
  fi
  rm -rf "$scratch"
  scratch=''
done
if [ -z "$scratch" ]; then
  echo 'unable no-room'
  exit 0
fi
trap 'rm -rf "$scratch"' EXIT
trap 'exit 1' HUP INT PIPE TERM
command -v logrotate >/dev/null 2>&1 || {
  echo 'unable no-logrotate'
  exit 0
}

# configuration NAME PATH: what a run with PATH would complain about, and how it would end. With a state file of its own,
# because old releases make the one they are given even with -d (3.8.6).
configuration() {
  logrotate -d -s "$scratch/state" "$2" >"$scratch/report" 2>&1
  echo "part $1 $?"
  complaints
}

complaints() {
  sed -n -e '/^error: /p' -e '/^warning: /p' -e '/^Ignoring /p' "$scratch/report"
}
