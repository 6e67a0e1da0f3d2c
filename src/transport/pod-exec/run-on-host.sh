# shellcheck shell=sh
# Runs a command line in the root of the node, which is mounted at /host. "$1" names the run, "$2" is how many bytes of standard
# input are the command's (its end cannot be told over every connection), "$3" the command line. Needs head and chroot of the image.
held=/nodemend/script-$1
unread=/nodemend/unread-$1
echo "$$" >"$held"
{ head -c "$2" || : >"$unread"; } | chroot /host /bin/sh -c "$3"
code=$?
# A command need not read its input. What nobody reads is reset together with the connection when that is closed, and the output
# that is still on its way is lost with it: so it is read here, until the other side, who knows that the command has ended, hangs up.
if [ -e "$unread" ]; then
  rm -f "$unread"
  cat >/dev/null
fi
rm -f "$held"
exit "$code"
