# shellcheck shell=sh
logrotate_version() {
  command -v logrotate >/dev/null 2>&1 || return 127
  # Before 3.13 it spoke on standard error.
  logrotate --version 2>&1
}

section logrotate/version 5 4096 logrotate_version
