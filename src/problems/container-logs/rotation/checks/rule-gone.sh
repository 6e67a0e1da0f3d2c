# shellcheck shell=sh disable=SC2154 # scratch.sh goes before it
# rule-gone.sh FOLDER…: which logs under these folders a scheduled run would still look at.
logrotate -d -s "$scratch/state" "$main" >"$scratch/report" 2>&1
echo "part whole $?"
for folder in "$@"; do
  FOLDER=$folder awk '
    BEGIN { start = "considering log " ENVIRON["FOLDER"] "/" }
    index($0, start) == 1 && shown < 20 { print "considered " substr($0, 17); shown++ }
  ' "$scratch/report"
done
grep -c '^reading config file ' "$scratch/report" | sed 's/^/files /'
