# shellcheck shell=sh
# When the first and the last line of the largest logs were written, which `log-files` has named. Of each file 18 KiB at either end are read: both runtimes cut lines
# at 16 KiB. What stands in the logs stays on the node, for it may hold secrets: only times leave it.
#   clock <seconds since 1970>
#   inside <bytes before it> <time> <path>   of the four largest, a line at each fifth: how evenly it is written
#   log <seconds of the last write> <bytes> <blocks of 512> <first time or -> <bytes before its line> <last time or -> <path>
container_logs_growth() {
  nm_is_root || return 77
  set --
  # shellcheck disable=SC2154 # set by the prelude
  container_logs_list=$nm_scratch/container-logs-largest
  [ -s "$container_logs_list" ] || return 0
  while read -r container_logs_path; do
    set -- "$@" "$container_logs_path"
  done <"$container_logs_list"
  # The list goes first: it was written a moment ago, so its own time is the clock, and `head` and `tail` name their files
  # only when there are several.
  {
    stat -c '%Y %s %b %n' -- "$container_logs_list" "$@"
    echo first
    head -c 18432 -- "$container_logs_list" "$@"
    echo
    echo last
    tail -c 18432 -- "$container_logs_list" "$@"
  } 2>/dev/null | container_logs_times
  container_logs_inside "$@" 2>/dev/null | container_logs_inside_times
}

# The marker of the run is what no line of a log can hold.
container_logs_inside() {
  container_logs_left=4
  while [ "$#" -gt 0 ] && [ "$container_logs_left" -gt 0 ]; do
    container_logs_left=$((container_logs_left - 1))
    container_logs_size=$(stat -c %s -- "$1")
    for container_logs_part in 1 2 3 4; do
      container_logs_offset=$((container_logs_size * container_logs_part / 5))
      # shellcheck disable=SC2154 # set by the prelude
      printf '\n%s %s %s\n' "$nm_marker" "$container_logs_offset" "$1"
      tail -c "+$((container_logs_offset + 1))" -- "$1" | head -c 18432
    done
    shift
  done
}

# The time that a line carries: docker has it at the end, other runtimes at the beginning.
container_logs_time_in='
  function time_in(line,    tail) {
    if (match(line, /^[0-9][0-9][0-9][0-9]-[0-9][0-9]-[0-9][0-9]T[0-9:.]+(Z|[-+][0-9][0-9]:[0-9][0-9]) std/)) return substr(line, 1, RLENGTH - 4)
    tail = substr(line, length(line) - 60)
    if (match(tail, /"time":"[0-9][0-9][0-9][0-9]-[0-9][0-9]-[0-9][0-9]T[0-9:.]+(Z|[-+][0-9][0-9]:[0-9][0-9])"}$/)) return substr(tail, RSTART + 8, RLENGTH - 10)
    return "-"
  }'

container_logs_inside_times() {
  awk -v marker="$nm_marker" "$container_logs_time_in"'
  $1 == marker && NF >= 3 {
    offset = $2
    path = substr($0, length($1 " " $2 " ") + 1)
    isFound = 0
    next
  }
  path != "" && !isFound {
    time = time_in($0)
    # A piece of a line may begin like a whole one, but for the first that is whole.
    if (time != "-") {
      isFound = 1
      print "inside " offset " " time " " path
    }
    offset += length($0) + 1
  }'
}

# A heading counts only as that of the file whose turn it is, so that no line of a log passes for one.
container_logs_times() {
  awk "$container_logs_time_in"'
  function ended(    time) {
    if (part != "last" || at < 2) return
    time = time_in(line)
    # A line that is being written has no end yet.
    final[at] = time == "-" ? time_in(before) : time
  }
  part == "" {
    if ($0 == "first") {
      part = "first"
      next
    }
    count++
    written[count] = $1 " " $2 " " $3
    path[count] = substr($0, length($1 " " $2 " " $3) + 2)
    next
  }
  part == "first" && $0 == "last" && at == count {
    part = "last"
    at = 0
    next
  }
  at < count && $0 == "==> " path[at + 1] " <==" {
    ended()
    at++
    offset = 0
    line = ""
    before = ""
    next
  }
  part == "first" && at > 1 && !(at in initial) {
    time = time_in($0)
    if (time != "-") {
      initial[at] = time
      skipped[at] = offset
    }
    offset += length($0) + 1
  }
  part == "last" && $0 != "" {
    before = line
    line = $0
  }
  END {
    ended()
    split(written[1], clock, " ")
    print "clock " clock[1]
    for (each = 2; each <= count; each++)
      print "log " written[each] " " (each in initial ? initial[each] : "-") " " skipped[each] + 0 " " (each in final ? final[each] : "-") " " path[each]
  }'
}

! nm_is_root || [ -s "$nm_scratch/container-logs-largest" ] || nm_tell
section container-logs/growth 5 16384 container_logs_growth
