#!/bin/sh
# Adds to the layer that all nodes share what a node with systemd needs over a practice node: systemd-layer.sh FOLDER
# Deleting a folder and making it again hides what lies below it; only a mounted overlay can do that. The machine's own units,
# and what it has enabled, are no part of a node.
set -eu
cd "$1"
/bin/mount -t overlay -o nodev,lowerdir=/,upperdir=upper,workdir=work overlay root
cd root
rm -rf etc/systemd etc/default
mkdir -p etc/systemd/system etc/systemd/user etc/systemd/system.conf.d etc/default
# Debian's own table, which runs the folders cron.hourly to cron.monthly.
if [ -f /etc/crontab ]; then cp -p /etc/crontab etc/crontab; fi
mkdir -p etc/cron.hourly etc/cron.weekly etc/cron.monthly
cd ..
/bin/umount root
