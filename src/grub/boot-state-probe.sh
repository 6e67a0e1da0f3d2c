# shellcheck shell=sh
# What boot-state.sh, which goes before it, tells. Some distributions let root alone read the configuration.
grub_boot_state() {
  nm_is_root || return 77
  nm_grub_state
}

section grub/boot-state 5 131072 grub_boot_state
