#!/bin/sh
# Runs in a container of the testbed's image and writes so many bytes a second to its log, for ever: write-steadily.sh BYTES. It goes by the
# clock: what a busy machine held up is written afterwards.
line='GET /healthz 200 0.001 the quick brown fox jumps over the lazy dog and 0123456789'
now() {
  read -r up _ </proc/uptime
  # Hundredths of a second; a leading zero would make it octal.
  up=${up%.*}${up#*.}
  up=${up#0}
}
now
began=$up
written=0
while :; do
  sleep 0.5
  now
  due=$(((up - began) * ($1 / 100) - written))
  busybox yes "$line" | busybox head -c "$due"
  written=$((written + due))
done
