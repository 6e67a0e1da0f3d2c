# shellcheck shell=sh disable=SC2154,SC2034 # prelude.sh, place.sh, boot-state.sh and src/grub/generate-config.sh go before it
# What is generated from GRUB's defaults, and is what boots: grub.cfg, or with grubby the entries of the Boot Loader Specification.

# The folder of the configuration is as safe as that of the defaults: find_config PATH sets config_folder and config_new, the name
# beside it under which another one waits. Before find_place for the defaults, which has the same variables.
find_config() {
  find_place "$1"
  config_folder=$folder
  config_new=${folder%/}/${1##*/}.nodemend-$run~
}

# What a connection starts has the connection's own limit.
bounded() {
  "$@"
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

# What there is to judge: GRUB's state, with a configuration that waits, and the kernels that are there.
say_state() {
  if [ -f "$config_new" ]; then
    generated_sum=$(sha256sum <"$config_new")
    say generated "${generated_sum%% *}"
  fi
  say_blob state "$(
    nm_grub_state
    [ ! -f "$config_new" ] || nm_grub_one config "$config_new"
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
