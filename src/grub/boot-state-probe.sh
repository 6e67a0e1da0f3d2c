# shellcheck shell=sh
# What boot-state.sh, which goes before it, tells. Some distributions let root alone read the configuration.
grub_boot_state() {
  nm_is_root || return 77
  nm_grub_state
}

# The same of what was looked at with the files of other facts.
nm_grub_look() {
  nm_know_the_rest "$@"
  nm_grub_looks=''
  for nm_grub_path; do
    nm_is_known "$nm_grub_path" || continue
    # shellcheck disable=SC2086,SC2154 # words on purpose; set by nm_is_known
    set -- $nm_looks
    nm_grub_mode=$((0x$1))
    # In octal digits.
    nm_grub_mode=$((nm_grub_mode / 512 % 8 * 1000 + nm_grub_mode / 64 % 8 * 100 + nm_grub_mode / 8 % 8 * 10 + nm_grub_mode % 8))
    nm_grub_looks="$nm_grub_looks$nm_grub_mode $2 $3 $4 $nm_grub_path
"
  done
}

nm_grub_sum() {
  for nm_grub_path; do
    nm_sum_of "$nm_grub_path"
    # shellcheck disable=SC2154 # set by nm_sum_of
    nm_grub_sums="$nm_grub_sums$nm_sum  $nm_grub_path
"
  done
}

section grub/boot-state 5 131072 grub_boot_state
