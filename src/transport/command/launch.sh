# shellcheck shell=sh
# What the login shell of a node is asked to run: finds the way to root, and starts the script there.
#
# "$1" is the marker of this run (random hex), "$2" the privilege asked for (root, preferred, none), "$3" after how many seconds
# the node itself ends the script, whatever became of the connection, and "$4" the text that reads a script from standard input
# and runs it. "$5" says whether input for the script follows it there (input, alone).
#
# remote-command.ts joins the lines with blanks and puts them between single quotes, so that sh, bash, zsh, csh and fish, which
# differ on a quote, a backslash, an exclamation mark and a newline between single quotes, all hand on the same text: none of
# these may be in here, and every line ends where a blank may follow.
#
# A script that is alone is read by the shell itself, which saves a process; bash reads one from a pipe byte by byte, so there
# the text does it. sudo is asked once, for the real command, because rules allow commands: `sudo -n true` says nothing about sh.
# Its refusal is exit 1, which may be the script's own code as well; both are tried again without root, by the text, which finds
# no script any more when it has run. timeout (coreutils) makes a process group of its own for the script and ends all of it;
# where it is missing the node sets no limit.

PATH=/usr/sbin:/usr/bin:/sbin:/bin:/usr/local/sbin:/usr/local/bin;
LC_ALL=C;
export PATH LC_ALL;
unset ENV BASH_ENV CDPATH;

mark=$1;
reader=$4;
direct=;
if [ "$5" = alone ] && [ -z "$BASH_VERSION" ]; then direct=yes; fi;

run() {
  if [ -n "$direct" ]; then "$@" /bin/sh -s -- "$mark" "$how";
  else "$@" /bin/sh -c "$reader" nodemend "$mark" "$how"; fi;
};

uid=;
while read -r key value rest; do
  if [ "$key" = Uid: ]; then uid=$value; break; fi;
done </proc/self/status 2>/dev/null;
[ -n "$uid" ] || uid=$(id -u);

limit=;
if command -v timeout >/dev/null 2>&1; then limit="timeout -s KILL $3"; fi;

how=sudo;
if [ "$uid" = 0 ]; then how=root;
elif [ "$2" = none ]; then how=unprivileged; fi;

code=1;
if [ "$how" = sudo ]; then
  if command -v sudo >/dev/null 2>&1; then
    # shellcheck disable=SC2086 # three words or none
    run sudo -n -- $limit;
    code=$?;
  else echo "sudo: command not found" >&2; fi;
  if [ "$code" = 1 ] && [ "$2" = preferred ]; then how=unprivileged; direct=; fi;
fi;
if [ "$how" = sudo ]; then :; else
  # shellcheck disable=SC2086 # three words or none
  run $limit;
  code=$?;
fi;

# The third character of IFS is a newline: one line of its own in one write is one packet on the way.
end=${IFS#??}$mark:end:$code:$how;
echo "$end";
echo "$end" >&2;
exit "$code"
