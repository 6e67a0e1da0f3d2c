# shellcheck shell=sh
# Comes before every script, in the script's own shell. "$1" is the run's marker, "$2" how we came to run: root, sudo or
# unprivileged. Tells both on each stream, so that what a banner, an rc file or sudo printed before can be dropped, together
# with the process group by which a script that hangs is ended.
unset text line found newline
PATH=/usr/sbin:/usr/bin:/sbin:/bin:/usr/local/sbin:/usr/local/bin
LC_ALL=C
export PATH LC_ALL
unset ENV BASH_ENV CDPATH
nodemend_group=0
{ read -r _ _ _ _ nodemend_group _ </proc/self/stat; } 2>/dev/null
printf '\n%s:start:%s:%s\n' "$1" "$2" "$nodemend_group"
printf '\n%s:start:%s:%s\n' "$1" "$2" "$nodemend_group" >&2
unset nodemend_group
