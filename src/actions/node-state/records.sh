# shellcheck shell=sh disable=SC2154 # prelude.sh goes before it
# Prints what runs left on this node: records.sh RUN|'' NEWEST WITH_CONTENT
# One run, or the newest NEWEST of all; WITH_CONTENT=yes adds the wanted content, which a resume from another machine needs.
run=$1 newest=$2 with_content=$3

# Our files are renamed into place and never written again, so a length holds until its bytes are printed.
say_file() {
  [ -f "$2" ] || return 0
  size=$(wc -c <"$2")
  printf '@nodemend-bytes %s %s\n' "$1" "$((size))"
  cat "$2"
  printf '\n'
}

say_run() {
  say run "${1##*/}"
  for action in "$1"/*/; do
    [ -f "${action}record.json" ] || continue
    phase=$(phase_of "${action%/}")
    [ "$phase" != none ] || continue
    say phase "$phase"
    if [ "$with_content" = yes ]; then
      say_file after "${action}after"
    fi
    say_file record "${action}record.json"
  done
}

read_identity
say machine-id "$machine_now"
say boot-id "$boot_now"
read_lock
say_lock
if [ -n "$run" ]; then
  if [ -d "$home/runs/$run" ]; then
    say_run "$home/runs/$run"
  elif [ -f "$home/pruned" ]; then
    while IFS= read -r pruned; do
      [ "$pruned" != "$run" ] || say pruned "$run"
    done <"$home/pruned"
  fi
  conclude 'done'
fi
count=0
for folder in "$home/runs"/*/; do
  [ -d "$folder" ] && count=$((count + 1))
done
for folder in "$home/runs"/*/; do
  if [ -d "$folder" ]; then
    if [ "$count" -le "$newest" ]; then
      say_run "${folder%/}"
    fi
    count=$((count - 1))
  fi
done
say outcome 'done'
