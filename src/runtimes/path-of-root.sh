# shellcheck shell=sh disable=SC2034 # who calls reads what it leaves
# Whose a path is. Whoever can change one folder on the way to a file decides what is found there, so a path that was learnt on the
# node (from a command line, from a configuration) is used only where root alone decides. The rule is OpenSSH's own for the files of
# a user (safe_path in misc.c): each part is owned by root, and neither its group nor others can write it; a folder like /tmp fails.

# nm_path_of_root PATH [FILE]: fails, with the reason in $nm_why, where others than root have a say in what PATH is:
#   relative · odd-name (a control character, or nothing) · links (more than forty) · missing · owner · writable
# Links are followed one by one, and each folder on the way to each of them counts. Leaves the path without links in $nm_real_path and,
# as <mode, hex, with type> <uid> <gid> <size> <seconds since 1970 of its last change>, what is there in $nm_found; the same of FILE,
# which is looked at in the same breath and not judged, in $nm_found_beside.
nm_path_of_root() {
  nm_follow "$1" || return 1
  nm_beside=${2-}
  IFS='
'
  set -f
  # shellcheck disable=SC2086 # one path a line
  set -- $nm_way ${nm_beside:+"$nm_beside"}
  set +f
  unset IFS
  nm_know_the_rest "$@"
  nm_found_beside=''
  while [ "$#" -gt 0 ]; do
    if ! nm_is_known "$1"; then
      nm_why=missing
      return 1
    fi
    if [ -n "$nm_beside" ] && [ "$#" -eq 1 ]; then
      nm_found_beside=$nm_looks
      return 0
    fi
    nm_found=$nm_looks
    # shellcheck disable=SC2086 # words on purpose
    nm_only_roots $nm_found || return 1
    shift
  done
}

# What paths were seen to be, one a line: <path> TAB <mode, hex, with type> <uid> <gid> <size> <seconds since 1970 of its last change>.
# What was root's alone a moment ago is so until root changes it.
nm_known=${nm_known-}

# nm_know PATH…: looks at all of them at once, links followed.
nm_know() {
  # A name with a control character could be a line of its own.
  for nm_path; do
    shift
    case $nm_path in *[[:cntrl:]]*) ;; *) set -- "$@" "$nm_path" ;; esac
  done
  [ "$#" -eq 0 ] || nm_known="$nm_known
$(stat -L -c '%n	%f %u %g %s %Z' -- "$@" 2>/dev/null)"
}

nm_know_the_rest() {
  for nm_path; do
    shift
    nm_is_known "$nm_path" || set -- "$@" "$nm_path"
  done
  [ "$#" -eq 0 ] || nm_know "$@"
}

# Whether it was looked at, and is there; then what it is in $nm_looks. Line by line, because dash looks for a piece of a long text in a
# time that grows with its square.
nm_is_known() {
  nm_looks=''
  IFS='
'
  set -f
  for nm_line_of in $nm_known; do
    case $nm_line_of in "$1	"*) nm_looks=${nm_line_of#*	} ;; esac
  done
  set +f
  unset IFS
  [ -n "$nm_looks" ]
}

# nm_place_of_root PATH: the same of a path that need not be there yet: what there is of it decides who could make the rest.
nm_place_of_root() {
  nm_place=$1
  while [ ! -e "$nm_place" ] && [ ! -L "$nm_place" ]; do
    case $nm_place in
      */*) nm_place=${nm_place%/*} ;;
      *) break ;;
    esac
  done
  nm_path_of_root "${nm_place:-/}"
}

# nm_only_roots MODE UID …: MODE in hex. The bits are those of writing, of the group and of others; an access list shows in the first.
nm_only_roots() {
  nm_why=''
  [ "$2" = 0 ] || nm_why=owner
  [ $((0x$1 & 0x12)) -eq 0 ] || nm_why=writable
  [ -z "$nm_why" ]
}

# The path without links in $nm_real_path; every folder on the way to it, and itself, one per line, in $nm_way.
nm_follow() {
  nm_why='' nm_real_path='' nm_way=/ nm_links=0 nm_ahead=$1
  case $1 in
    *[[:cntrl:]]* | '') nm_why=odd-name ;;
    /*) ;;
    *) nm_why=relative ;;
  esac
  while [ -z "$nm_why" ] && [ -n "$nm_ahead" ]; do
    nm_step=${nm_ahead%%/*}
    case $nm_ahead in */*) nm_ahead=${nm_ahead#*/} ;; *) nm_ahead='' ;; esac
    case $nm_step in
      '' | .) ;;
      ..) nm_real_path=${nm_real_path%/*} ;;
      *) nm_follow_step "$nm_real_path/$nm_step" ;;
    esac
  done
  nm_real_path=${nm_real_path:-/}
  [ -z "$nm_why" ]
}

nm_follow_step() {
  if [ ! -L "$1" ]; then
    nm_real_path=$1
    nm_way="$nm_way
$1"
    return 0
  fi
  nm_links=$((nm_links + 1))
  nm_target=$(readlink "$1") || nm_why=missing
  case $nm_target in
    *[[:cntrl:]]* | '') nm_why=odd-name ;;
    /*) nm_real_path='' ;;
  esac
  # As many as Linux follows (path_resolution(7)).
  [ "$nm_links" -le 40 ] || nm_why=links
  nm_ahead=$nm_target/$nm_ahead
}
