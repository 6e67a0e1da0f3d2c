#!/bin/sh
# Installs packages of Debian that were unpacked elsewhere, of which /tmp/packages.tar.gz has the files: add-packages.sh
# It does what their own scripts do at an installation, and enables what Debian enables.
set -eu
tar -C / --keep-directory-symlink -xzf /tmp/packages.tar.gz
rm /tmp/packages.tar.gz
ldconfig
for user in _rpc statd; do
  if ! grep -q "^$user:" /etc/passwd; then
    echo "$user:x:9$(wc -l </etc/passwd):65534::/nonexistent:/usr/sbin/nologin" >>/etc/passwd
  fi
done
chown -R statd /var/lib/nfs/sm /var/lib/nfs/sm.bak /var/lib/nfs/state
systemd-tmpfiles --create rpcbind.conf
systemctl daemon-reload
SYSTEMCTL_SKIP_SYSV=1 systemctl enable --now rpcbind.service
