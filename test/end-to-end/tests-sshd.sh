#!/bin/sh
# A way into a node for the tests alone, past everything that they break: a second sshd, on port 2222, for root and with the login
# user's keys: tests-sshd.sh LOGIN. It lies outside of /etc, which the tests compare, and comes back after a reboot.
set -eu
folder=/var/lib/nodemend-tests
units=/usr/lib/systemd/system
name=nodemend-tests-sshd.service

umask 077
mkdir -p "$folder"
cat "/home/$1/.ssh/authorized_keys" >"$folder/authorized_keys"
cat /etc/ssh/ssh_host_ed25519_key >"$folder/host_key"
umask 022
mkdir -p "$units/multi-user.target.wants"
cat >"$units/$name" <<UNIT
[Unit]
Description=sshd of the tests
[Service]
ExecStart=/usr/sbin/sshd -D -f /dev/null -p 2222 -o HostKey=$folder/host_key -o AuthorizedKeysFile=$folder/authorized_keys -o PermitRootLogin=prohibit-password -o UsePAM=no -o PidFile=none -o MaxSessions=100
RuntimeDirectory=sshd
RuntimeDirectoryPreserve=yes
Restart=always
UNIT
ln -sf "../$name" "$units/multi-user.target.wants/$name"
systemctl daemon-reload
systemctl start "$name"
