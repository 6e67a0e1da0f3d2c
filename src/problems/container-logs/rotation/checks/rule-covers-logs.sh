# shellcheck shell=sh disable=SC2154 # scratch.sh goes before it
# rule-covers-logs.sh FOLDER RULE: which container logs under docker's FOLDER a scheduled run would look at, and whether RULE
# (what stands between its braces, braces included) rotates a log: one that is grown in the scratch folder, by a program that
# keeps it open and goes on writing, as dockerd does.
folder=$1
rule=$2

# log <container>: there before the run and after it; a container may end meanwhile.
for log in "$folder"/*/*-json.log; do
  if [ ! -L "$log" ] && [ -f "$log" ]; then printf '%s\n' "$log"; fi
done >"$scratch/logs"
logrotate -d -s "$scratch/state" "$main" >"$scratch/report" 2>&1
echo "part whole $?"
while IFS= read -r log; do
  [ ! -f "$log" ] || printf 'log %s\n' "${log#"$folder"/}"
done <"$scratch/logs"
FOLDER=$folder awk '
  BEGIN { start = "considering log " ENVIRON["FOLDER"] "/" }
  index($0, start) == 1 { print "considered " substr($0, length(start) + 1) }
  index($0, "error: ") == 1 && index($0, ENVIRON["FOLDER"] "/") > 0 { print }
' "$scratch/report"

mkdir -p "$scratch/containers/scratch"
log=$scratch/containers/scratch/scratch-json.log
# 2,000 lines as dockerd writes them.
exec 3>>"$log"
awk 'BEGIN { for (n = 0; n < 2000; n++) printf "{\"log\":\"line %d of a scratch log\\n\",\"stream\":\"stdout\"}\n", n }' >&3
printf '%s %s\n' "$scratch/containers/*/*-json.log" "$rule" >"$scratch/rule"
chmod 0644 "$scratch/rule"
# Last rotated long ago: whatever its period, it is due.
printf 'logrotate state -- version 2\n"%s" 2001-1-1-0:0:0\n' "$log" >"$scratch/own-state"
chmod 0640 "$scratch/own-state"
echo "before $(stat -c '%i %s' "$log")"
logrotate -s "$scratch/own-state" "$scratch/rule" >"$scratch/said" 2>&1
code=$?
forced=no
set -- "$scratch/containers/scratch"/*
if [ "$#" -eq 1 ] && [ -s "$log" ]; then
  # Something else than time keeps it from being due.
  forced=yes
  logrotate -f -s "$scratch/own-state" "$scratch/rule" >>"$scratch/said" 2>&1
  code=$?
fi
echo "part rotate $code $forced"
sed -n -e '/^error: /p' -e '/^warning: /p' "$scratch/said"
printf '%s\n' '{"log":"written after the rotation\n","stream":"stdout"}' >&3
echo "after $(stat -c '%i %s' "$log" 2>&1)"
for old in "$scratch/containers/scratch"/*; do
  [ "$old" = "$log" ] || stat -c 'old %s %n' "$old"
done
