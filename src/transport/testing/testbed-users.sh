# shellcheck shell=sh
# Users of all kinds on a testbed's node, and root, whom the key of its login user "$1" lets in.
set -eu
PATH=/usr/sbin:/usr/bin:/sbin:/bin
authorize() {
  install -d -m 700 -o "$1" "$2/.ssh"
  install -m 600 -o "$1" "$keys" "$2/.ssh/authorized_keys"
}
keys=/home/$1/.ssh/authorized_keys
authorize root /root
for user in sudo-works sudo-password sudo-other sudo-tty; do
  # A password that nothing matches: without one sshd takes the account for locked.
  useradd --create-home --shell /bin/sh --password '*' "$user"
  authorize "$user" "/home/$user"
done

cat >/etc/sudoers.d/users <<'RULES'
sudo-works ALL=(ALL) NOPASSWD: ALL
sudo-password ALL=(ALL) ALL
# Without this, sudo asks whom no rule allows for a password before it says so.
Defaults:sudo-other !authenticate
sudo-other ALL=(ALL) /usr/bin/true
Defaults:sudo-tty requiretty
sudo-tty ALL=(ALL) NOPASSWD: ALL
RULES
chmod 440 /etc/sudoers.d/users

sed -i 's/^PermitRootLogin .*/PermitRootLogin prohibit-password/' /etc/ssh/sshd_config
systemctl reload ssh
