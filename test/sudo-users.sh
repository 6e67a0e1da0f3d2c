#!/bin/sh
# Users who become root by sudo, each in another way or not at all. Their homes are made in the folder "$1".
set -eu
PATH=/usr/sbin:/usr/bin:/sbin:/bin
for user in sudo-works sudo-password sudo-other sudo-tty; do
  # A password that nothing matches: without one sshd takes the account for locked.
  useradd --create-home --base-dir "$1" --shell /bin/sh --password '*' "$user"
done

cat >/etc/sudoers.d/sudo-users <<'RULES'
sudo-works ALL=(ALL) NOPASSWD: ALL
sudo-password ALL=(ALL) ALL
# Without this, sudo asks whom no rule allows for a password before it says so.
Defaults:sudo-other !authenticate
sudo-other ALL=(ALL) /usr/bin/true
Defaults:sudo-tty requiretty
sudo-tty ALL=(ALL) NOPASSWD: ALL
RULES
chmod 440 /etc/sudoers.d/sudo-users
