#!/bin/sh
# Fills the disk of the node it runs on up to PERCENT of its size, as df counts: fill.sh PERCENT
# The file is /var/lib/filler; removing it gives the space back.
set -eu
file=/var/lib/filler
rm -f "$file"
# The second line of df -P: name, size, used, free in KiB. df's share is used / (used + free).
read -r used free <<NUMBERS
$(df -P -k /var/lib | awk 'NR == 2 { print $3, $4 }')
NUMBERS
missing=$(((used + free) * $1 / 100 - used))
if [ "$missing" -gt 0 ]; then fallocate -l "${missing}KiB" "$file"; fi
df -h /var/lib
