# shellcheck shell=sh disable=SC2034,SC2154 # prelude.sh, docker.sh and what calls it go before it
# Pulls with docker's client, as the daemon's configuration has it.

require_login_tool() {
  :
}

# Standard input is the client's config.json, and nothing where nobody logs in.
begin_pull() {
  words=$({ cat >"$fetch/config.json"; } 2>&1) || fail write-failed "$words"
  [ -s "$fetch/config.json" ] || rm -f "$fetch/config.json"
  nm_socket=$socket nm_name=$from nm_fetch=$fetch
  export nm_socket nm_name nm_fetch
}

# What it prints of its progress goes nowhere.
pull() {
  # shellcheck disable=SC2016 # expanded by the shell that runs it
  sh -c 'echo $$ >"$nm_fetch/pid"
unset DOCKER_HOST DOCKER_CONTEXT
exec docker --config "$nm_fetch" --host "unix://$nm_socket" pull --quiet "$nm_name" 2>"$nm_fetch/log" >/dev/null'
}

pull_failed() {
  [ "$(cat "$fetch/ended" 2>/dev/null)" != 0 ]
}

# Docker tells nothing of its progress without a terminal.
progress_of_pull() {
  stat -f -c %a "$room_path" 2>/dev/null
}

forget_absent_blob() {
  return 1
}

collect() {
  :
}
