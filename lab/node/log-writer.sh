#!/bin/sh
# Stands for a container that logs, and for the runtime that writes its log: log-writer.sh FORMAT SECONDS LOG
# docker: one JSON object a line, file opened for appending once and for all, as dockerd does; nothing ever rotates it here.
# cri: kubelet's part is played too: at 10 MiB the file is renamed and opened anew, five files are kept with the live one.
set -eu
format=$1
seconds=$2
log=$3
limit=10485760
order=0
written=$(wc -c <"$log")

rotate() {
  for old in "$log".*; do
    case $old in
      *.gz | "$log.*") ;;
      *) gzip -f "$old" ;;
    esac
  done
  mv "$log" "$log.$(date -u +%Y%m%d-%H%M%S)"
  exec 3>>"$log"
  chmod 0640 "$log"
  written=0
  # Oldest first by name; three stay beside the new one and the live file.
  set -- "$log".*
  while [ $# -gt 4 ]; do
    rm -f "$1"
    shift
  done
}

exec 3>>"$log"
while :; do
  order=$((order + 1))
  # Parts of a second are not in every date(1); the order's number stands for them.
  now=$(date -u +%Y-%m-%dT%H:%M:%S).$(printf '%09d' "$((order % 1000000000))")Z
  text="level=info service=orders msg=accepted order=$order items=$((order % 7 + 1)) took_ms=$((order * 37 % 180 + 4))"
  case $format in
    docker) line="{\"log\":\"$text\\n\",\"stream\":\"stdout\",\"time\":\"$now\"}" ;;
    *) line="$now stdout F $text" ;;
  esac
  printf '%s\n' "$line" >&3
  written=$((written + ${#line} + 1))
  if [ "$format" = cri ] && [ "$written" -ge "$limit" ]; then rotate; fi
  sleep "$seconds"
done
