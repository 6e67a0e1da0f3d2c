# shellcheck shell=sh
# Lets the users of test/sudo-users.sh, and root, into a testbed's node with the key of its login user "$1".
set -eu
PATH=/usr/sbin:/usr/bin:/sbin:/bin
authorize() {
  install -d -m 700 -o "$1" "$2/.ssh"
  install -m 600 -o "$1" "$keys" "$2/.ssh/authorized_keys"
}
keys=/home/$1/.ssh/authorized_keys
authorize root /root
for user in sudo-works sudo-password sudo-other sudo-tty; do
  authorize "$user" "/home/$user"
done

sed -i 's/^PermitRootLogin .*/PermitRootLogin prohibit-password/' /etc/ssh/sshd_config
# Not reload: sshd closes its socket then and starts anew, and nobody is told when it listens again. systemd waits for that where it
# is restarted (Type=notify), and sessions that are open go on (KillMode=process).
systemctl restart ssh
