# shellcheck shell=sh disable=SC2154 # scratch.sh goes before it
# rule-covers-logs.sh FOLDER RULE [TIMES]: which container logs under docker's FOLDER a scheduled run would look at, and whether
# RULE (what stands between its braces, braces included) rotates a log: one that is grown in the scratch folder, by a program
# that keeps it open and goes on writing, as dockerd does. And whether it rotates again: at TIMES, minutes of a day with commas
# between them, or `daily` for three days in a row. The two ends of a month, or of a week, are a day apart as well, so two days
# would not do. Without TIMES once, as plans of nodemend 0.1 and rules with longer periods have it.
folder=$1
rule=$2
times=${3-}

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
printf '%s %s\n' "$scratch/containers/*/*-json.log" "$rule" >"$scratch/rule"
chmod 0644 "$scratch/rule"
# Last rotated long ago: whatever its period, it is due.
printf 'logrotate state -- version 2\n"%s" 2001-1-1-0:0:0\n' "$log" >"$scratch/own-state"
chmod 0640 "$scratch/own-state"

old_logs() {
  set -- "$scratch/containers/scratch"/*
  echo "$(($# - 1))"
}

# run ZONE [-f]: what the clock of that time zone shows is the time to logrotate; the node's own without a zone.
run() {
  env ${1:+"TZ=$1"} logrotate ${2:+"$2"} -s "$scratch/own-state" "$scratch/rule" >>"$scratch/said" 2>&1
}

# rotate PART ZONE
rotate() {
  # As dockerd writes them; the scratch folder has room for a log and three old ones that are not compressed.
  awk 'BEGIN { for (n = 0; n < 1000; n++) printf "{\"log\":\"line %d of a scratch log\\n\",\"stream\":\"stdout\"}\n", n }' >&3
  echo "before $(stat -c '%i %s' "$log")"
  count=$(old_logs)
  : >"$scratch/said"
  run "$2"
  code=$?
  forced=no
  if [ "$(old_logs)" -eq "$count" ] && [ -s "$log" ]; then
    # Something else than time keeps it from being due.
    forced=yes
    run "$2" -f
    code=$?
  fi
  left=$(stat -c %s "$log" 2>/dev/null)
  echo "part $1 $code $forced"
  sed -n -e '/^error: /p' -e '/^warning: /p' "$scratch/said"
  printf '%s\n' '{"log":"written after the rotation\n","stream":"stdout"}' >&3
  echo "after $(stat -c '%i %s' "$log" 2>&1)"
  for old in "$scratch/containers/scratch"/*; do
    [ "$old" = "$log" ] || stat -c 'old %s %n' "$old"
  done
  [ "$left" = 0 ]
}

# zone MINUTES: one that is so many minutes behind UTC (POSIX TZ, at most a day either way). No program is needed that sets a
# clock, and logrotate itself makes the names that it makes on another day.
zone() {
  if [ "$1" -ge 0 ]; then
    echo "UTC$(($1 / 60)):$(($1 % 60))"
  else
    before=$((0 - $1))
    echo "UTC-$((before / 60)):$((before % 60))"
  fi
}

# How many old logs the rule keeps: the last `rotate` holds, and there are none without one.
echo "keeps $(printf '%s\n' "$rule" | sed -n 's/^[[:space:]]*rotate[[:space:]]\{1,\}\(-\{0,1\}[0-9]\{1,\}\).*/\1/p' | tail -n 1)"
minute=$(($(date +%s) / 60 % 1440))
case $times in
  '') set -- '' ;;
  daily) set -- "$(zone 1440)" "$(zone 0)" "$(zone -1440)" ;;
  *)
    set --
    for time in $(printf '%s\n' "$times" | tr ',' ' '); do set -- "$@" "$(zone $((minute - time)))"; done
    ;;
esac
echo "rotations $#"
exec 3>>"$log"
part=first
for zone in "$@"; do
  # No time zone moves seconds: a name with them in it is another one only a second later.
  case $part,$rule in first,*) ;; *%[sS]*) sleep 1 ;; esac
  rotate "$part" "$zone" || break
  case $part in first) part=second ;; *) part=third ;; esac
done
