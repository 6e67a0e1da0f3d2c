# shellcheck shell=sh
# Every file that logrotate may read, also those that something else than the daily run gives it (`scheduler` lists them), with owner, mode and size, then their bytes. More than a reader of the configuration would
# take: whatever stands behind a word `include`, and all of /etc/logrotate.d, for what was left out has to be explained as well.
#   accounts <users> <groups>      comma-separated names of /etc/passwd and /etc/group
#   folder|missing|dangling|link|closed <path>
#   olddir <path>                  a folder that an `olddir` names and that exists; one that does not is missing
#   file <mode, hex, with type> <uid> <gid> <size> <path>      links followed
#   <sha256>  <path>               of what follows, because secrets in it are masked on their way into the evidence
#   separator <text>               a line that no file can hold
# then an empty line and, in the order of their checksums, the bytes of each regular file, each with the separator on a line behind.
logrotate_rotation_files() {
  command -v sha256sum >/dev/null 2>&1 || return 127
  logrotate_seen=' '
  logrotate_closed=' '
  logrotate_next=/etc/logrotate.conf'
'/etc/logrotate.d
  # shellcheck disable=SC2154 # set by the prelude
  [ ! -f "$nm_scratch/container-logs-configurations" ] || while read -r logrotate_path; do
    logrotate_next=$logrotate_next'
'$logrotate_path
  done <"$nm_scratch/container-logs-configurations"
  logrotate_all=''
  logrotate_round=0
  while [ -n "$logrotate_next" ] && [ "$logrotate_round" -lt 5 ]; do
    logrotate_round=$((logrotate_round + 1))
    logrotate_take
    [ -n "$logrotate_fresh" ] || [ "$logrotate_round" -eq 1 ] || break
    logrotate_named
  done
  set -f
  IFS='
'
  # shellcheck disable=SC2086 # one path a line
  set -- $logrotate_all
  logrotate_looks "$@"
  logrotate_contents "$@"
}

# What each of these paths is. Most of them were looked at with those of other facts.
logrotate_looks() {
  nm_know_the_rest "$@"
  for logrotate_path; do
    shift
    if nm_is_known "$logrotate_path"; then
      # shellcheck disable=SC2154 # set by nm_is_known
      echo "file ${nm_looks% *} $logrotate_path"
    else
      # Its name holds a control character, or it is gone; then stat says so.
      set -- "$@" "$logrotate_path"
    fi
  done
  [ "$#" -eq 0 ] || stat -L -c 'file %f %u %g %s %n' -- "$@"
  IFS='
'
  set -f
}

logrotate_contents() {
  # shellcheck disable=SC2154 # set by the prelude
  logrotate_separator="--nodemend $nm_marker--"
  # shellcheck disable=SC2154 # set by the prelude
  printf '\n%s\n' "$logrotate_separator" >"$nm_scratch/logrotate-separator"
  logrotate_regular=''
  logrotate_parts=''
  for logrotate_path in "$@"; do
    [ -f "$logrotate_path" ] || continue
    case $logrotate_closed in *" $logrotate_path "*) continue ;; esac
    logrotate_regular=$logrotate_regular$logrotate_path'
'
    logrotate_parts=$logrotate_parts$logrotate_path'
'$nm_scratch/logrotate-separator'
'
  done
  logrotate_sums
  printf 'separator %s\n\n' "$logrotate_separator"
  # shellcheck disable=SC2086 # one path a line
  [ -z "$logrotate_parts" ] || exec cat -- $logrotate_parts
}

# The checksums of $logrotate_regular, in its order. Where those that were told with other facts' are not all of them, all are told anew.
logrotate_sums() {
  # shellcheck disable=SC2086 # one path a line
  set -- $logrotate_regular
  logrotate_told=''
  # shellcheck disable=SC2154 # set by the prelude
  [ ! -s "$nm_scratch/sums" ] || while IFS= read -r logrotate_line; do
    [ "${logrotate_line#*  }" = "${1-}" ] || continue
    logrotate_told="$logrotate_told$logrotate_line
"
    shift
  done <"$nm_scratch/sums"
  if [ "$#" -eq 0 ]; then
    printf %s "$logrotate_told"
  else
    # shellcheck disable=SC2086 # one path a line
    sha256sum -- $logrotate_regular
  fi
}

# Goes through the paths of $logrotate_next, one per line: folders give their entries. New files are added to
# $logrotate_all and, for this round, to $logrotate_fresh.
logrotate_take() {
  logrotate_fresh=''
  IFS='
'
  set -f
  # shellcheck disable=SC2086 # one path a line
  set -- $logrotate_next
  set +f
  for logrotate_path in "$@"; do
    if [ -d "$logrotate_path" ]; then
      case $logrotate_seen in *" $logrotate_path "*) continue ;; esac
      logrotate_seen="$logrotate_seen$logrotate_path "
      echo "folder $logrotate_path"
      if [ ! -r "$logrotate_path" ]; then
        echo "closed $logrotate_path"
        continue
      fi
      for logrotate_entry in "$logrotate_path"/* "$logrotate_path"/.[!.]* "$logrotate_path"/..?*; do
        logrotate_add "$logrotate_entry"
      done
    elif [ -e "$logrotate_path" ] || [ -L "$logrotate_path" ]; then
      logrotate_add "$logrotate_path"
    else
      echo "missing $logrotate_path"
    fi
  done
}

logrotate_add() {
  case $logrotate_seen in *" $1 "*) return ;; esac
  if [ -e "$1" ]; then
    logrotate_seen="$logrotate_seen$1 "
    [ ! -L "$1" ] || echo "link $1"
    logrotate_all=$logrotate_all$1'
'
    if [ ! -r "$1" ] || ! logrotate_may_read "$1"; then
      echo "closed $1"
      logrotate_closed="$logrotate_closed$1 "
      return
    fi
    [ ! -f "$1" ] || logrotate_fresh=$logrotate_fresh$1'
'
  elif [ -L "$1" ]; then
    echo "dangling $1"
  fi
}

# Root's own configuration may include a folder of a user's, who puts a link to root's secrets there. What lies outside /etc, or
# behind a link, is read where root alone decides what it is.
logrotate_may_read() {
  nm_is_root || return 0
  case $1 in
    /etc/*) [ -L "$1" ] || return 0 ;;
  esac
  nm_path_of_root "$1"
  logrotate_code=$?
  # As it is wherever this is called.
  IFS='
'
  return "$logrotate_code"
}

# What the files of this round include, into $logrotate_next; which of their folders for old logs exist, on the output. In the first round
# the names of all accounts, too: the shell itself reads byte by byte.
logrotate_named() {
  set -f
  : >"$nm_scratch/logrotate-words"
  # shellcheck disable=SC2086 # one path a line
  logrotate_round=$logrotate_round logrotate_words=$nm_scratch/logrotate-words awk '
    function names_of(file,    line, names) {
      while ((getline line <file) > 0) {
        sub(/:.*/, "", line)
        names = names "," line
      }
      return substr(names, 2)
    }
    # What stands behind the word with which TEXT begins, in $path: an equals sign is none of it where anything follows, and it ends before
    # a control character.
    function has_path(text,    behind) {
      path = substr(text, text ~ /^include/ ? 8 : 7)
      sub(/^[ \t]+/, "", path)
      behind = path
      if (sub(/^=[ \t]*/, "", behind) && behind ~ /^[^\013\014\015]/) path = behind
      if (path !~ /^[^\013\014\015]/) return 0
      if (match(substr(path, 2), /[\001-\037\177]/)) path = substr(path, 1, RSTART)
      # Not every awk can have this one in a pattern.
      if (index(path, "\000") > 1) path = substr(path, 1, index(path, "\000") - 1)
      path = (text ~ /^include/ ? "include " : "olddir ") path
      return 1
    }
    # Of a line that does not begin with the word, the last place of it counts. One by one, because not every awk takes the longest match.
    function last_path(line,    found) {
      found = ""
      while (match(line, /[ \t}](include|olddir)/)) {
        line = substr(line, RSTART + 1)
        if (has_path(line)) found = path
      }
      path = found
      return path != ""
    }
    BEGIN {
      words = ENVIRON["logrotate_words"]
      if (ENVIRON["logrotate_round"] == 1) print "accounts", names_of("/etc/passwd"), names_of("/etc/group")
      for (at = 1; at < ARGC; at++) {
        file = ARGV[at]
        while ((getline line <file) > 0) {
          if (line !~ /include|olddir/) continue
          # First the lines that begin with the word, for a path may hold it again.
          if (line ~ /^[ \t]*(include|olddir)[ \t=]/) {
            sub(/^[ \t]+/, "", line)
            if (has_path(line)) print path >words
          } else if (last_path(line)) print path >words
        }
        close(file)
      }
    }' $logrotate_fresh
  logrotate_next=''
  while IFS= read -r logrotate_word; do
    logrotate_path=${logrotate_word#* }
    # Blanks at the end of a line belong to no name.
    logrotate_path=${logrotate_path%"${logrotate_path##*[![:blank:]]}"}
    case $logrotate_word in
      'olddir /'*)
        if [ -d "$logrotate_path" ]; then echo "olddir $logrotate_path"; else echo "missing $logrotate_path"; fi
        ;;
      'include ~/'*) logrotate_next=$logrotate_next/root/${logrotate_path#??}'
' ;;
      'include /'*) logrotate_next=$logrotate_next$logrotate_path'
' ;;
    esac
  done <"$nm_scratch/logrotate-words"
}

section logrotate/files 5 1048576 logrotate_rotation_files
