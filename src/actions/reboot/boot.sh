# shellcheck shell=sh disable=SC2034,SC2154 # prelude.sh goes before it, and each script uses some of these
# What the scripts of the reboot action share.

# Sets boot, the boot that the node is in.
read_boot() {
  boot=$(cat /proc/sys/kernel/random/boot_id 2>/dev/null || :)
  [ -n "$boot" ] || refuse tool-missing /proc/sys/kernel/random/boot_id
}

# keep_boot FILE, of the action's folder
keep_boot() {
  words=$({ printf '%s\n' "$boot" >"$1.new"; } 2>&1) || fail write-failed "$words"
  flush_file "$1.new"
  must write-failed mv -f "$1.new" "$1"
  flush_folder "$action"
}

kept_boot() {
  [ ! -f "$1" ] || head -n 1 "$1"
}

# Says the boot of now and those that were to end, why a reboot that was asked for was refused, and the words of the running kernel's
# command line with one of these names, which are patterns: say_boot FOLDER NAME...
say_boot() {
  say boot-id "$boot"
  say before "$(kept_boot "$1/boot-before")"
  say before-undo "$(kept_boot "$1/boot-before-undo")"
  if [ -f "$1/not-rebooted" ]; then
    say_words not-rebooted "$(cat "$1/not-rebooted")"
  fi
  shift
  set -f
  # shellcheck disable=SC2013 # words are what is read
  for word in $(cat /proc/cmdline); do
    for name in "$@" --; do
      # shellcheck disable=SC2254 # it is a pattern
      case ${word%%=*} in
        $name)
          say argument "$word"
          break
          ;;
      esac
    done
  done
  set +f
}

# Sets reboot, the command that reboots this node, by its path: busybox's shell takes its own before any other.
find_reboot() {
  reboot=
  if [ -d /run/systemd/system ] && find_program systemctl; then
    reboot="$program reboot"
  elif find_program reboot; then
    reboot=$program
  elif find_program shutdown; then
    reboot="$program -r now"
  fi
  [ -n "$reboot" ] || refuse reboot-missing
}

# Sets program, its path: find_program NAME
find_program() {
  for program in "/usr/sbin/$1" "/sbin/$1" "/usr/bin/$1" "/bin/$1"; do
    [ ! -x "$program" ] || return 0
  done
  return 1
}

# Has the node rebooted a moment later, by a process that outlives this one: the answer is there before the connection goes. Why the
# command refused is kept. It does not hold the turn of our scripts (9).
ask_reboot() {
  must write-failed rm -f "$action/not-rebooted"
  # shellcheck disable=SC2016 # for the shell that is started
  later='sleep 1; words=$("$@" 2>&1) || { printf "%s\n" "${words:-$1 failed}" >"$0.new" && mv -f "$0.new" "$0"; }'
  detached=
  if command -v setsid >/dev/null 2>&1; then
    detached=setsid
  fi
  # shellcheck disable=SC2086 # words of commands
  $detached sh -c "$later" "$action/not-rebooted" $reboot </dev/null >/dev/null 2>&1 9<&- &
}
