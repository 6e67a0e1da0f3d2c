#!/bin/sh
# A node as on the day it was made: first-day.sh keep|restore
# keep notes what /etc is. restore brings that back, and forgets what nodemend, logrotate and the tests have left elsewhere.
set -eu
LC_ALL=C
export LC_ALL
folder=/var/lib/nodemend-tests

case $1 in
  keep)
    cd /etc
    tar -cpf "$folder/etc.tar" .
    find . | sort >"$folder/etc.names"
    ;;
  restore)
    kill -s CONT "$(cat /run/sshd.pid)"
    cd /etc
    # A folder comes before what is in it.
    find . | sort | comm -13 "$folder/etc.names" - | while IFS= read -r path; do rm -rf "$path"; done
    tar -xpf "$folder/etc.tar"
    rm -rf /var/lib/nodemend /var/lib/logrotate/status /var/lib/filler /var/log/app /var/log/other.log
    ;;
esac
