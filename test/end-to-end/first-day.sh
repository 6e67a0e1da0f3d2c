#!/bin/sh
# A node as on the day it was made: first-day.sh keep|restore
# keep notes what /etc is and how dockerd's containers log. restore brings that back, empties docker's logs and forgets what
# nodemend, logrotate and the tests have left elsewhere. What runs goes on running.
set -eu
LC_ALL=C
export LC_ALL
kept=/var/lib/nodemend-tests
containers=/var/lib/docker/containers

case $1 in
  keep)
    cd /etc
    # No test changes what containerd reads, and a file that is written again is one that was changed after containerd was started.
    tar -cpf "$kept/etc.tar" --exclude=./containerd .
    find . | sort >"$kept/etc.names"
    rm -rf "$kept/containers"
    mkdir "$kept/containers"
    for file in "$containers"/*/hostconfig.json; do
      folder=${file%/*}
      if [ -f "$file" ]; then cat "$file" >"$kept/containers/${folder##*/}"; fi
    done
    ;;
  restore)
    kill -s CONT "$(cat /run/sshd.pid)"
    cd /etc
    # A folder comes before what is in it.
    find . | sort | comm -13 "$kept/etc.names" - | while IFS= read -r path; do rm -rf "$path"; done
    tar -xpf "$kept/etc.tar"
    rm -rf /var/lib/nodemend /var/lib/logrotate/status /var/lib/filler
    rm -f "$containers"/*/*-json.log-*
    for log in "$containers"/*/*-json.log; do
      if [ -f "$log" ]; then : >"$log"; fi
    done
    for file in "$kept"/containers/*; do
      folder=$containers/${file##*/}
      if [ -d "$folder" ]; then cat "$file" >"$folder/hostconfig.json"; fi
    done
    ;;
esac
