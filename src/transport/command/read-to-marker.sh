# shellcheck shell=sh
# Reads a script whose input follows it on standard input. `read` takes a byte at a time from a pipe (POSIX: it never reads
# ahead), so what comes after the script's last line is left for the script.
# "$1" is the run's marker, "$2" how we came to run. Joined into one line like launch.sh; the same characters are barred.
newline=$(echo; echo x);
newline=${newline%x};
found=;
IFS= read -r text;
[ "$text" = ": $1" ] || exit 1;
while IFS= read -r line; do
  if [ "$line" = "# $1" ]; then found=yes; break; fi;
  text=$text$newline$line;
done;
[ "$found" = yes ] || exit 1;
eval "$text"
