#!/bin/sh
# Runs in a container of the tests' image and writes to its log for ever: ten short lines a second, and a burst of so many MB as
# the file /tmp/burst says, which it then removes: write-in-bursts.sh MEGABYTES of the first burst
line=$(busybox seq -s ' ' 1 80)
echo "$1" >/tmp/burst
n=0
while :; do
  if [ -e /tmp/burst ]; then
    megabytes=$(cat /tmp/burst)
    busybox rm /tmp/burst
    busybox yes "$line" | busybox head -c "${megabytes}000000"
    echo
  fi
  n=$((n + 1))
  echo "tick $n"
  sleep 0.1
done
