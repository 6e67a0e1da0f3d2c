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

# CRI's own names of the image came with those of the run, and go with them.
withdraw_ids() {
  left=$(other_names) || fail runtime-client "$(runtime_words)"
  [ -z "$left" ] || return 0
  left=$(ids_of_image) || fail runtime-client "$(runtime_words)"
  for id in $left; do
    was_there "$id" || remove_name "$id"
  done
}
