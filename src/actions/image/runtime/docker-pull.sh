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
  # shellcheck disable=SC2016,SC2089 # expanded by the shell that runs it
  nm_pull='echo $$ >"$nm_fetch/pid"
unset DOCKER_HOST DOCKER_CONTEXT
exec docker --config "$nm_fetch" --host "unix://$nm_socket" pull "$nm_name" 2>"$nm_fetch/log"'
  # shellcheck disable=SC2090
  export nm_socket nm_name nm_fetch nm_pull
}

# The client tells of its progress on a terminal only. Where script(1) cannot make one it pulls without telling.
pull() {
  pull_on_terminal
  if [ ! -e "$fetch/pid" ]; then
    sh -c "$nm_pull" >/dev/null
    return
  fi
  [ "$(cat "$fetch/code" 2>/dev/null)" = 0 ]
}

# Not every script(1) hands on how its program ended, and older ones end with their input: this one has no end.
pull_on_terminal() {
  rm -f "$fetch"/part-*
  [ -n "$parts" ] && command -v script >/dev/null 2>&1 || return 0
  [ -p "$fetch/input" ] || mkfifo "$fetch/input" 2>/dev/null || return 0
  # shellcheck disable=SC2016 # expanded by the shell that runs it
  SHELL=/bin/sh script -q -c 'stty -onlcr ocrnl
sh -c "$nm_pull"
echo $? >"$nm_fetch/code"' /dev/null <>"$fetch/input" 2>/dev/null | note_parts 2>/dev/null
}

# Keeps the last that was said of each part in a file of its own, twice: who reads it meanwhile sees by that whether it has all of one
# and nothing of another. 4f4fb700ef54: Downloading  1.2MB/3.4MB
note_parts() {
  while IFS= read -r line; do
    part=${line%%: *}
    case $part in
      *[!0-9a-f]*) ;;
      ????????????) printf '%s|%s\n' "${line#*: }" "${line#*: }" >"$fetch/part-$part" ;;
    esac
  done
}

# Prints how much of each part is there, as far as the client has told. Fails where one is just being written.
parts_of_pull() {
  for file in "$fetch"/part-*; do
    [ -e "$file" ] || return 0
    IFS='|' read -r line twice <"$file" || return 1
    [ "$line" = "$twice" ] || return 1
    amount=0
    case $line in
      'Already exists'*) amount=had ;;
      'Verifying Checksum'* | 'Download complete'* | Extracting* | 'Pull complete'*) amount=whole ;;
      Downloading*/*) amount=${line##* } ;;
    esac
    printf ' %s:%s' "${file##*-}" "${amount%%/*}"
  done
}

pull_failed() {
  [ "$(cat "$fetch/ended" 2>/dev/null)" != 0 ]
}

# Docker tells nothing of its progress without a terminal.
progress_of_pull() {
  stat -f -c %a "$room_path" 2>/dev/null
}

# dockerd holds each layer against its size itself.
overflow_of_pull() {
  :
}

forget_absent_blob() {
  return 1
}

collect() {
  :
}
