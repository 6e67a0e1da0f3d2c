#!/bin/sh
# Builds the layer that every node root of a lab shares, and mounts nothing that lasts: layer.sh FOLDER
# FOLDER/upper afterwards lies between the machine's root (lowest) and each node's own files (highest). It hides what belongs
# to the machine and not to a node, so that a node sees the machine's programs and hardly anything else.
# Runs as root in a private mount namespace; FOLDER is on a file system that may hold an overlay's upper layer (a tmpfs).
set -eu
umask 022
cd "$1"
mkdir -p upper work root
chmod 0755 upper

# A whiteout (character device 0:0) in an upper layer hides the entry of the same name below it.
# Programs and their libraries stay, and what is named further down. Everything else of the top level goes, whatever it is called.
for path in /* /.[!.]*; do
  entry=${path#/}
  case $entry in
    bin | sbin | lib | lib32 | lib64 | libx32 | usr | etc | var | '*' | '.[!.]*') ;;
    *) mknod "upper/$entry" c 0 0 ;;
  esac
done

# Of /var only the package database and what PAM and its like read stay.
mkdir -p upper/var/lib
for path in /var/* /var/lib/*; do
  entry=${path#/}
  case $entry in
    var/lib | var/lib/dpkg | var/lib/pam | var/lib/misc | var/lib/ucf | 'var/*' | 'var/lib/*') ;;
    *) mknod "upper/$entry" c 0 0 ;;
  esac
done

# Of /etc only what programs need to run at all: other files may hold secrets of the machine.
mkdir -p upper/etc
for path in /etc/* /etc/.[!.]*; do
  entry=${path#/etc/}
  case $entry in
    adduser.conf | alternatives | bash.bashrc | ca-certificates | ca-certificates.conf | debconf.conf | debian_version | deluser.conf | \
      dpkg | gai.conf | host.conf | inputrc | iproute2 | ld.so.cache | ld.so.conf | ld.so.conf.d | libaudit.conf | locale.alias | \
      locale.conf | locale.gen | localtime | login.defs | logrotate.conf | lsb-release | magic | magic.mime | mke2fs.conf | netconfig | \
      networks | nsswitch.conf | pam.conf | pam.d | perl | profile | protocols | rmt | rpc | securetty | security | selinux | services | \
      shells | skel | ssl | sudo.conf | terminfo | timezone | ucf.conf | xattr.conf | '*' | '.[!.]*') ;;
    *) mknod "upper/etc/$entry" c 0 0 ;;
  esac
done
mkdir -p upper/usr upper/etc/ssl
for entry in usr/local usr/src etc/ssl/private; do
  if [ -e "/$entry" ]; then mknod "upper/$entry" c 0 0; fi
done

# Creating a folder over a whiteout makes it opaque; only a mounted overlay can do that. nodev: no device of the machine
# that lies on its root file system can be opened through a node.
/bin/mount -t overlay -o nodev,lowerdir=/,upperdir=upper,workdir=work overlay root
cd root
for folder in boot dev home media mnt opt proc root run srv sys tmp \
  etc/ssh etc/sudoers.d etc/logrotate.d etc/cron.d etc/cron.hourly etc/cron.daily etc/profile.d usr/src \
  usr/local usr/local/bin usr/local/sbin usr/local/lib usr/local/share usr/local/etc usr/local/share/man \
  var/backups var/cache var/local var/log var/mail var/opt var/spool var/spool/cron var/spool/cron/crontabs var/tmp var/lib/logrotate var/lib/sudo; do
  [ -d "$folder" ] || mkdir "$folder"
done
chmod 0700 root var/lib/sudo
chmod 0750 etc/sudoers.d
chmod 1777 tmp var/tmp
ln -sfn /run var/run
ln -sfn /run/lock var/lock
# Debian's own rules for rotation and their daily run stay as they are.
for file in etc/crontab etc/cron.daily/logrotate etc/logrotate.d/alternatives etc/logrotate.d/apt etc/logrotate.d/btmp \
  etc/logrotate.d/dpkg etc/logrotate.d/wtmp; do
  if [ -f "/$file" ]; then cp -p "/$file" "$file"; fi
done

# pam_loginuid wants what only the machine's own user namespace has; with it cron would start nothing.
if [ -f etc/pam.d/cron ]; then sed -i '/pam_loginuid/d' etc/pam.d/cron; fi

# What /dev and /run look like before a node starts; root.sh copies them. The devices are empty files to be mounted over.
mkdir -p usr/lib/nodemend-lab
(
  cd usr/lib/nodemend-lab
  mkdir -p start/dev/pts start/dev/shm start/run/lock start/run/sshd start/run/nodemend-lab/empty
  chmod 1777 start/run/lock
  cd start/dev
  for device in null zero full random urandom tty; do : >"$device"; done
  ln -s pts/ptmx ptmx
  ln -s /proc/self/fd fd
  ln -s fd/0 stdin
  ln -s fd/1 stdout
  ln -s fd/2 stderr
)
if [ ! -x usr/sbin/sshd ] || [ ! -x usr/bin/env ]; then
  printf 'the programs of this machine are not on its root file system (is /usr a mount of its own?)\n' >&2
  exit 1
fi
cd ..
/bin/umount root
