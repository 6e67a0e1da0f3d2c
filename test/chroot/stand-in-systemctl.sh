#!/bin/sh
# A stand-in for systemctl(1) in roots where no systemd can run: it knows one unit, whose state is a file, and what becomes of
# a restart is another one. It enables as the real one does, by links. The real one is used on the testbed.
state=/tmp/unit
load='' active='' sub='' pid=0 fragment='' behaviour='' result=''
# shellcheck source=/dev/null
. "$state/unit"
keep() {
  printf 'load=%s active=%s sub=%s pid=%s fragment=%s behaviour=%s result=%s\n' \
    "$load" "$active" "$sub" "$pid" "$fragment" "$behaviour" "$result" >"$state/unit"
}
wants=/etc/systemd/system/multi-user.target.wants
enabled() {
  if [ -L "$wants/demo.service" ]; then echo enabled; else echo disabled; fi
}
command=$1
shift
case $command in
  show)
    job=
    if [ "$behaviour" = slow ] && [ -e "$state/pending" ]; then
      job=7
      rm "$state/pending"
    fi
    if [ "$behaviour" = flap ] && [ "$active" = active ]; then
      pid=$((pid + 1))
      keep
    fi
    # Never in the order in which they were asked for.
    printf '%s\n' "SubState=$sub" "FragmentPath=$fragment" "MainPID=$pid" "Result=$result" "ActiveState=$active" "LoadState=$load" \
      "ExecMainStartTimestampMonotonic=$((pid * 1000))" "UnitFileState=$(enabled)"
    [ -z "$job" ] || printf 'Job=%s\n' "$job"
    ;;
  reload)
    [ "$behaviour" != broken ] || {
      printf 'Failed to reload: Job type reload is not applicable for unit\n' >&2
      exit 1
    }
    printf 'reload %s\n' "$*" >>"$state/calls"
    ;;
  enable)
    [ "$behaviour" != broken ] || {
      printf 'Failed to enable unit: Read-only file system\n' >&2
      exit 1
    }
    mkdir -p "$wants" /etc/systemd/system/sockets.target.wants
    ln -sf "$fragment" "$wants/demo.service"
    ln -sf "$fragment" /etc/systemd/system/dbus-demo.service
    ln -sf "${fragment%.service}.socket" /etc/systemd/system/sockets.target.wants/demo.socket
    ;;
  stop)
    printf 'stop %s\n' "$*" >>"$state/calls"
    active=inactive sub=dead
    keep
    ;;
  daemon-reload)
    [ "$behaviour" != unreloadable ] || {
      printf 'Failed to reload daemon: Connection timed out\n' >&2
      exit 1
    }
    printf 'daemon-reload\n' >>"$state/calls"
    ;;
  restart | start)
    printf '%s' "$command" >>"$state/calls"
    printf ' %s' "$@" >>"$state/calls"
    # What the restarted program would read: the file that the action before it changed.
    printf ' with %s\n' "$(cat /etc/demo 2>/dev/null || :)" >>"$state/calls"
    becomes=$behaviour
    # A program that does not take the new file.
    if [ "$behaviour" = picky ] && [ "$(cat /etc/demo)" = new ]; then
      becomes=dies
    fi
    case $becomes in
      broken)
        printf 'Failed to restart: Access denied\n' >&2
        exit 4
        ;;
      dies) active=activating sub=auto-restart result=exit-code pid=0 ;;
      never) exit 0 ;;
      slow) : >"$state/pending" ;;
    esac
    [ "$becomes" = dies ] || {
      active=active sub=running result=success pid=$((pid + 1))
    }
    keep
    ;;
  *)
    printf 'the stand-in knows no %s\n' "$command" >&2
    exit 1
    ;;
esac
