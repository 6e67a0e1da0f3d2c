# shellcheck shell=sh disable=SC2034,SC2154 # prelude.sh and what asks the runtime go before it
# What all scripts of the image action begin with: take_arguments RUN SESSION KEY SOCKET IMAGE DIGEST CONFIGURATION WAS FROM COMES
# PLATFORM. FROM is the name that is on the node before IMAGE is; with COMES=yes it is one of the run's own.
take_arguments() {
  run=$1 session=$2 key=$3 socket=$4 image=$5 digest=$6 configuration=$7 was=$8 from=$9
  shift 9
  comes=$1 platform=$2
  # Of a pull alone.
  hosts='' hosts_folder='' user='' room_path='' fetch='' parts=''
  action=$home/runs/$run/$key
  phase=$(phase_of "$action")
}

# Of what a client says the last line tells why; before it may come warnings: last_line TEXT
last_line() {
  printf '%s' "$1" | tail -n 1
}

# Names of the image that were on the node before the run.
was_there() {
  grep -qxF -e "$1" "$action/names" 2>/dev/null
}

# Names that are left when those of the run are gone.
other_names() {
  all_names=$(names_of_image) || return 1
  printf '%s\n' "$all_names" | while IFS= read -r other; do
    [ -n "$other" ] || continue
    if [ "$other" != "$image" ] || [ -n "$was" ]; then
      [ "$comes" = yes ] && [ "$other" = "$from" ] && ! was_there "$from" || printf '%s\n' "$other"
    fi
  done
}

# Removes the name under which the content came.
withdraw_incoming() {
  [ "$comes" = yes ] && ! was_there "$from" || return 0
  read_name "$from"
  [ -z "$name_digest" ] || remove_name "$from"
}

# What CRI's own names were before it moved them to this image: note_ids, before anything comes.
note_ids() {
  find_ids_elsewhere
  words=$({ printf '%s' "$ids_elsewhere" >"$action/ids.new"; } 2>&1) || fail write-failed "$words"
  flush_file "$action/ids.new"
  must write-failed mv -f "$action/ids.new" "$action/ids"
}

# Sets was_at to the digest at which one of CRI's names was before the run; empty where it was not there: find_before ID
find_before() {
  was_at=''
  [ -e "$action/ids" ] || return 0
  while read -r noted_id noted_digest; do
    [ "$noted_id" != "$1" ] || was_at=$noted_digest
  done <"$action/ids"
}

# CRI's own names of the image came with those of the run, and go with them; those that CRI moved from another go back. Where somebody
# has made a name of it since, they are theirs as well. Sets moved_back, to yes where one went back, and tells of those that stay.
withdraw_ids() {
  moved_back=no
  left=$(other_names) || fail runtime-client "$(runtime_words)"
  while IFS= read -r other; do
    [ -z "$other" ] || was_there "$other" || return 0
  done <<LINES
$left
LINES
  ids=$(ids_of_image) || fail runtime-client "$(runtime_words)"
  for id in $ids; do
    ! was_there "$id" || continue
    find_before "$id"
    if [ -z "$was_at" ]; then
      [ -n "$left" ] || remove_name "$id"
    elif put_back_id "$id" "$was_at"; then
      moved_back=yes
    else
      say stays "$id $was_at"
    fi
  done
}
