#!/bin/sh
# Runs a command of this checkout as on a lesser machine: on-lesser-machine.sh container|user|no-apt CHECKOUT FOLDER COMMAND…
#   container  root with the capabilities that Docker and containerd give by default, from capabilities(7)'s forty
#   user       another user, with a home folder of its own
#   no-apt     the same, on a machine that has neither apt, dpkg nor logrotate
# FOLDER is the home, and has the checkout's place below it. What is mounted is gone with the command.
set -eu
machine=$1
checkout=$2
folder=$3
shift 3

if [ -z "${NODEMEND_APART:-}" ]; then
  export NODEMEND_APART=1
  exec unshare --mount -- sh "$0" "$machine" "$checkout" "$folder" "$@"
fi

# The checkout may be where only root can look.
mkdir -p "$folder/checkout"
mount --bind "$checkout" "$folder/checkout"
cd "$folder/checkout"
export HOME="$folder"
case $machine in
  container)
    kept=-all
    for name in chown dac_override fowner fsetid kill setgid setuid setpcap net_bind_service net_raw sys_chroot mknod audit_write setfcap; do
      kept=$kept,+$name
    done
    exec setpriv --bounding-set="$kept" --inh-caps=-all "$@"
    ;;
  no-apt)
    for program in /usr/bin/apt-get /usr/bin/dpkg-query /usr/sbin/logrotate; do
      [ ! -e "$program" ] || mount --bind /dev/null "$program"
    done
    ;;
esac
chown 65534:65534 "$folder"
exec setpriv --reuid 65534 --regid 65534 --clear-groups --inh-caps=-all "$@"
