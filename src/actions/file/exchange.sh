# shellcheck shell=sh disable=SC2154,SC2034 # prelude.sh, place.sh and attributes.sh go before it
# How one file takes the place of another. Its caller has set path, from and to (states), action, now (the state that is), and by
# find_place folder, target and place_root; temp is the name beside the target that its folder's readers ignore.

# require_space FOLDER KIB. Root may use the blocks that are kept back for it. stat(1) and not df(1), which walks the mount
# table; a file system that does not tell is asked by writing.
require_space() {
  space=$(stat -f -c '%f %S' "$1" 2>/dev/null) || return 0
  case $space in
    '' | *[!0-9\ ]*) return 0 ;;
  esac
  free=$((${space% *} * ${space#* } / 1024))
  [ "$free" -ge "$2" ] || refuse no-space "$1 $2 $free"
}

# Keeps the record, the backup and the wanted content, which come on standard input, and puts the content beside the target, with
# what the file has beside its own. Nothing that anybody reads is changed: stage_file RECORD_BYTES CONTENT_BYTES
stage_file() {
  [ "$now" = "$from" ] || refuse_state "$now" "$target"
  old_bytes=0
  if [ "$from" != absent ]; then
    names_and_bytes=$(stat -c '%h %s' "$target")
    # Another name of the same file would be left behind with the old content.
    [ "${names_and_bytes% *}" = 1 ] || refuse not-a-file 'hard links'
    old_bytes=${names_and_bytes#* }
    flags=$(flags_of "$target")
    require_changeable "$target"
  fi
  require_space "$home" $((($1 + 2 * $2 + old_bytes) / 1024 + 64))
  require_space "$place_root" $(($2 / 1024 + 64))

  must write-failed mkdir -p "$action"
  incoming=$action/incoming
  trap 'rm -f "$incoming" "$action"/*.new' EXIT
  words=$({ cat >"$incoming"; } 2>&1) || fail write-failed "$words"
  [ "$(($(wc -c <"$incoming")))" -eq $(($1 + $2)) ] || fail transfer 'the input ended early'

  words=$({ head -c "$1" "$incoming" >"$action/record.json.new"; } 2>&1) || fail write-failed "$words"
  flush_file "$action/record.json.new"
  [ "$to" = absent ] || keep_content "$1" "$to" after
  [ "$from" = absent ] || keep_backup
  must write-failed mv -f "$action/record.json.new" "$action/record.json"
  rm -f "$incoming"
  note_staged
  set_phase "$action" staged

  if [ "$to" != absent ]; then
    make_folders
    trap 'rm -f "$temp"' EXIT
    write_beside "$action/after" "$to"
  fi
  trap - EXIT
}

# What came behind the first bytes, as it has to be: keep_content BYTES_BEFORE STATE NAME
keep_content() {
  content_name=$3
  words=$({ tail -c "+$(($1 + 1))" "$incoming" >"$action/$3.new"; } 2>&1) || fail write-failed "$words"
  sum=$(sha256sum <"$action/$3.new")
  # shellcheck disable=SC2086 # five words
  set -- $2
  [ "${sum%% *}" = "$2" ] || fail transfer 'the content that arrived is not the content that was sent'
  flush_file "$action/$content_name.new"
  must write-failed mv -f "$action/$content_name.new" "$action/$content_name"
}

keep_backup() {
  must write-failed cp -a "$target" "$action/before.new"
  backup=$(state_of "$action/before.new")
  [ "$backup" = "$from" ] || refuse_state "$(state_of "$target")" "$target"
  # cp -a of GNU keeps what it can and is silent about the rest.
  keep_attributes "$target" "$action/before.new" ''
  flush_file "$action/before.new"
  must write-failed mv -f "$action/before.new" "$action/before"
  if [ -n "$flags" ]; then
    words=$({ printf '%s\n' "$flags" >"$action/flags.new"; } 2>&1) || fail write-failed "$words"
    flush_file "$action/flags.new"
    must write-failed mv -f "$action/flags.new" "$action/flags"
  fi
}

# Content in a file beside the target, in a state: write_beside CONTENT STATE
write_beside() {
  rm -f "$temp"
  # noclobber makes the shell open it with O_EXCL.
  words=$({ set -C && cat "$1" >"$temp"; } 2>&1) || fail write-failed "$words"
  if [ "$from" != absent ]; then
    own "$temp" "$2"
    keep_attributes "$target" "$temp" "$flags"
  fi
  dress "$temp" "$2"
}

# Puts what waits beside it into the target's place, or takes the target away. Looks before and behind.
put_into_place() {
  [ "$now" = "$from" ] || refuse_state "$now" "$target"
  if [ "$to" != absent ]; then
    staged=$(state_of "$temp")
    [ "$staged" = "$to" ] || fail not-staged "$staged"
  fi
  # A label that somebody gave the file is kept; one that no tool could carry over is the policy's again.
  label_was=''
  [ "$from" = absent ] || label_was=$(label_of "$target")
  set_phase "$action" committing
  if [ "$to" = absent ]; then
    move_words=$(rm -f "$target" 2>&1) || moved=no
  else
    move_onto "$temp" "$target" || moved=no
  fi
  if [ "${moved-yes}" = no ]; then
    set_phase "$action" staged
    fail write-failed "$move_words"
  fi
  flush_folder "$folder"
  if [ "$to" != absent ] && { [ -z "$label_was" ] || [ "$(label_of "$target")" != "$label_was" ]; }; then
    relabel "$target"
  fi
  now=$(state_of "$target")
  [ "$now" = "$to" ] || fail write-failed "wrote $to, read back $now"
}

# Puts back what put_into_place took the place of, if that is still there.
put_back() {
  if [ "$now" != "$to" ]; then
    say_content expected "$action/after"
    refuse_state "$now" "$target"
  fi
  [ "$to" = absent ] || require_changeable "$target"
  if [ "$from" != absent ]; then
    backup=$(state_of "$action/before")
    [ "$backup" = "$from" ] || fail backup-damaged "$backup"
  fi
  set_phase "$action" undoing
  if [ "$from" = absent ]; then
    must write-failed rm -f "$target"
  else
    trap 'rm -f "$temp"' EXIT
    must write-failed cp -a "$action/before" "$temp"
    own "$temp" "$from"
    keep_attributes "$action/before" "$temp" "$(cat "$action/flags" 2>/dev/null || :)"
    dress "$temp" "$from"
    label=$(label_of "$action/before")
    move_onto "$temp" "$target" || fail write-failed "$move_words"
    if [ -z "$label" ] || [ "$(label_of "$target")" != "$label" ]; then
      relabel "$target"
    fi
    trap - EXIT
  fi
  flush_folder "$folder"
  now=$(state_of "$target")
  [ "$now" = "$from" ] || fail write-failed "restored $from, read back $now"
}
