# shellcheck shell=sh disable=SC2154,SC2034 # prelude.sh, place.sh and boot-state.sh go before it
# What is generated from GRUB's defaults, and is what boots: grub.cfg, or with grubby the entries of the Boot Loader Specification.

# The folder of the configuration is as safe as that of the defaults: find_config PATH sets config_folder and config_new, the name
# beside it under which another one waits. Before find_place for the defaults, which has the same variables.
find_config() {
  find_place "$1"
  config_folder=$folder
  config_new=${folder%/}/${1##*/}.nodemend-$run~
}

# Of all files that the defaults are, one hash: that of their hashes and names.
sources_digest() {
  for source in /etc/default/grub /etc/default/grub.d/*.cfg; do
    [ -e "$source" ] || continue
    source_sum=$(sha256sum <"$source")
    printf '%s  %s\n' "${source_sum%% *}" "$source"
  done | sha256sum | head -c 64
}

# The files that are generated, one per line.
generated_files() {
  if [ "$generator" != grubby ]; then
    printf '%s\n' "$config"
    return 0
  fi
  for generated in /boot/loader/entries/*.conf /boot/grub2/grubenv /etc/kernel/cmdline; do
    [ ! -f "$generated" ] || printf '%s\n' "$generated"
  done
}

# Each with its hash.
generated_sums() {
  generated_files | while IFS= read -r generated; do
    generated_sum=$(sha256sum <"$generated")
    printf '%s  %s\n' "${generated_sum%% *}" "$generated"
  done
}

# note NAME VALUE: whole or not at all.
note() {
  words=$({ printf '%s\n' "$2" >"$action/$1.new"; } 2>&1) || fail write-failed "$words"
  flush_file "$action/$1.new"
  must write-failed mv -f "$action/$1.new" "$action/$1"
}

# Copies them into the action's folder, once: what they were before the run is what an undo gives back.
keep_generated() {
  [ ! -f "$action/generated-before" ] || return 0
  must write-failed rm -rf "$action/generated"
  must write-failed mkdir -p "$action/generated"
  kept_count=0
  generated_files >"$action/generated/list"
  while IFS= read -r generated; do
    kept_count=$((kept_count + 1))
    must write-failed cp -p "$generated" "$action/generated/$kept_count"
    flush_file "$action/generated/$kept_count"
  done <"$action/generated/list"
  flush_file "$action/generated/list"
  flush_folder "$action/generated"
  note generated-before "$(generated_sums)"
}

# Whether they are what they were before the run.
is_as_before() {
  [ ! -f "$action/generated-before" ] || [ "$(generated_sums)" = "$(cat "$action/generated-before")" ]
}

# Whether each is what it was before the run, or what the run made of it: nobody else made them again since.
are_the_runs() {
  [ -f "$action/generated-before" ] && [ -f "$action/generated-after" ] || return 1
  generated_sums >"$action/generated-now"
  [ "$(wc -l <"$action/generated-now")" = "$(wc -l <"$action/generated-before")" ] || return 1
  while IFS= read -r generated; do
    cat "$action/generated-before" "$action/generated-after" | grep -qxF -e "$generated" || return 1
  done <"$action/generated-now"
}

# Puts those back that differ, one by one, each whole or not at all.
restore_generated() {
  kept_count=0
  while IFS= read -r generated; do
    kept_count=$((kept_count + 1))
    kept_copy=$action/generated/$kept_count
    [ -f "$kept_copy" ] || fail backup-damaged "$kept_copy"
    find_waiting "$generated"
    must write-failed rm -f "$waiting"
    if [ "$(sha256sum <"$kept_copy")" != "$(sha256sum <"$restored")" ]; then
      replace_generated "$kept_copy" "$restored" "$waiting"
    fi
  done <"$action/generated/list"
}

# What an undo that died in the middle left beside them.
drop_waiting() {
  [ -f "$action/generated/list" ] || return 0
  while IFS= read -r generated; do
    find_waiting "$generated"
    must write-failed rm -f "$waiting"
  done <"$action/generated/list"
}

# A link of a boot loader's file is kept, and what it leads to is written: find_waiting FILE sets restored, and waiting beside it.
find_waiting() {
  restored=$(readlink -f "$1") || restored=$1
  waiting=${restored%/*}/.${restored##*/}.nodemend-$run~
}

# replace_generated CONTENT FILE TEMPORARY: owner and mode of the content's file. The EFI partition knows neither.
replace_generated() {
  must write-failed rm -f "$3"
  must write-failed cp "$1" "$3"
  replaced_owner=$(stat -c '%u:%g' "$1") && replaced_mode=$(stat -c '%a' "$1")
  [ "$(stat -c '%u:%g' "$3")" = "$replaced_owner" ] || chown "$replaced_owner" "$3" 2>/dev/null || :
  [ "$(stat -c '%a' "$3")" = "$replaced_mode" ] || chmod "0$replaced_mode" "$3" 2>/dev/null || :
  flush_file "$3"
  must write-failed mv -f "$3" "$2"
  flush_folder "${2%/*}"
  relabel "$2"
}

# Has the distribution's own generator make the configuration beside the one that is booted: generate_config
generate_config() {
  case $generator in
    # What update-grub is: it was read before it was planned with (boot-state.sh).
    update-grub) generating=grub-mkconfig ;;
    *) generating=grub2-mkconfig ;;
  esac
  command -v "$generating" >/dev/null 2>&1 || refuse tool-missing "$generating"
  rm -f "$config_new" "$config_new.new"
  trap 'rm -f "$config_new" "$config_new.new"' EXIT
  # Its exit code is one thing, what it wrote another: it has been 0 with half of the kernels left out.
  words=$(as_a_person "$generating" -o "$config_new") || refuse generation "$generating: $words"
  [ -s "$config_new" ] || refuse generation "$generating: it wrote nothing. $words"
  trap - EXIT
  generated_sum=$(sha256sum <"$config_new")
  say generated "${generated_sum%% *}"
}

# Has grubby edit every entry: edit_entries --args|--remove-args ARGUMENT. Where it knows how, it leaves the defaults alone.
edit_entries() {
  command -v grubby >/dev/null 2>&1 || refuse tool-missing grubby
  set -- --update-kernel=ALL "$1=$2"
  case $(grubby --help 2>&1 || :) in
    *--no-etc-grub-update*) set -- "$@" --no-etc-grub-update ;;
  esac
  words=$(as_a_person grubby "$@") || refuse generation "grubby: $words"
}

# As root runs it from a shell of its own: files that others may read, and the menu in the language that it has.
as_a_person() {
  (
    umask 022
    unset LC_ALL
    LANG=$(sed -n 's/^[[:blank:]]*set lang=\([A-Za-z_]\{1,20\}\)$/\1/p' "$config" | head -n 1)
    # 00_header writes the name without its encoding, and nothing for C.
    LANG=${LANG:+$LANG.UTF-8}
    export LANG
    "$@" 2>&1 </dev/null
  )
}

# What there is to judge: GRUB's state, with a configuration that waits, and the kernels that are there.
say_state() {
  say_blob state "$(
    nm_grub_state
    [ ! -f "$config_new" ] || nm_grub_file config "$config_new" "$nm_grub_lines"
  )"
  for kernel in /boot/vmlinu[xz]*; do
    [ ! -f "$kernel" ] || say kernel "${kernel##*/}"
  done
}

# say_blob NAME TEXT
say_blob() {
  printf '@nodemend-bytes %s %s\n' "$1" "$(($(printf '%s' "$2" | wc -c)))"
  printf '%s\n' "$2"
}
