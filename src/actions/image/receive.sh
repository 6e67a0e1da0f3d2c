# shellcheck shell=sh disable=SC2154,SC2034 # prelude.sh goes before it
# Takes a part of an archive, which is all of standard input, behind what is there of it:
# receive.sh RUN SESSION KEY FROM LENGTH TOTAL ROOM_PATH NEEDED KEEP_FREE KEEP_FREE_ELSEWHERE
# With LENGTH 0 nothing is taken: it says how long what is there is, and its hash. FROM 0 begins anew.
run=$1 session=$2 key=$3 from=$4 length=$5 total=$6 room_path=$7 needed=$8 keep_free=$9
shift 9
elsewhere=$1

begin_commit "$run" "$session" "$key"
if [ "$phase" != staged ]; then
  # An earlier process of the run had all of it.
  conclude already
fi
archive=$action/archive

# The archive lies here until it was imported, beside what it becomes where that is the same disk. As kubelet reckons it: what is left
# for others than root.
require_room() {
  [ "$(stat -c %d "$action")" = "$(stat -c %d "$room_path" 2>/dev/null)" ] || needed=0 keep_free=$elsewhere
  free=$(stat -f -c '%a * %S' "$action" 2>/dev/null) || refuse no-folder "$action"
  free=$((${free%% *} * ${free##* }))
  [ "$((free - total - needed))" -ge "$keep_free" ] || refuse no-room "$action $free $((total + needed)) $keep_free"
}

# An archive ends with its names, and those of the other run are no beginning of this one: what is left ends before them. An index and
# a manifest of one image take less than 64 KiB.
cut_names() {
  blocks=$((total / 65536 - 1))
  [ "$(($(wc -c <"$archive")))" -gt "$((blocks * 65536))" ] || return 0
  if [ "$blocks" -le 0 ] || ! dd if=/dev/null of="$archive" bs=65536 seek="$blocks" 2>/dev/null; then
    must write-failed rm -f "$archive"
  fi
}

# What another run, which was interrupted, had received for the same name of this node: who sends compares it. Nobody is at
# work on that run here, whose lock this one has.
take_over_part() {
  for part in "$home"/runs/*/"$key"/archive; do
    if [ -f "$part" ] && [ "$(phase_of "${part%/*}")" = staged ]; then
      must write-failed mv -f "$part" "$archive"
      cut_names
      return
    fi
  done
}

[ ! -e "$action/imported" ] || conclude already
[ "$length" -ne 0 ] || [ -e "$archive" ] || take_over_part
there=0
[ ! -f "$archive" ] || there=$(($(wc -c <"$archive")))
if [ "$length" -eq 0 ]; then
  say there "$there"
  [ "$there" -eq 0 ] || say sum "$(sha256sum <"$archive" | sed "s/ .*//")"
  conclude 'done'
fi
if [ "$from" -eq 0 ]; then
  require_room
  words=$({ : >"$archive"; } 2>&1) || fail write-failed "$words"
elif [ "$from" -ne "$there" ]; then
  # Another script of ours was slower to end than its connection: who sends asks again.
  say there "$there"
  conclude elsewhere
fi
if ! words=$({ cat >>"$archive"; } 2>&1); then
  case $words in
    *'No space left on device'*)
      # Others need the room.
      must write-failed rm -f "$archive"
      refuse disk-full "$words"
      ;;
  esac
  fail write-failed "$words"
fi
there=$(($(wc -c <"$archive")))
say there "$there"
[ "$there" -eq "$((from + length))" ] || conclude elsewhere
say outcome 'done'
