# shellcheck shell=sh
# Runs a command line in the root of the node, which is mounted at /host. "$1" names the run, "$2" is how many bytes of standard
# input are the command's (its end cannot be told over every connection), "$3" the command line. Needs head and chroot of the image.
held=/nodemend/script-$1
echo "$$" >"$held"
head -c "$2" | chroot /host /bin/sh -c "$3"
code=$?
rm -f "$held"
exit "$code"
