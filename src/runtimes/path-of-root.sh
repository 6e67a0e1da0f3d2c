# shellcheck shell=sh disable=SC2034 # who calls reads what it leaves
# Whose a path is. Whoever can change one folder on the way to a file decides what is found there, so a path that was learnt on the
# node (from a command line, from a configuration) is used only where root alone decides. The rule is OpenSSH's own for the files of
# a user (safe_path in misc.c): each part is owned by root, and neither its group nor others can write it; a folder like /tmp fails.

# nm_path_of_root PATH [FILE]: fails, with the reason in $nm_why, where others than root have a say in what PATH is:
#   relative · odd-name (a control character, or nothing) · links (more than forty) · missing · owner · writable
# Links are followed one by one, and each folder on the way to each of them counts. Leaves the path without links in $nm_real_path and,
# as <mode, hex, with type> <uid> <gid> <size> <seconds since 1970 of its last change>, what is there in $nm_found (not of a folder that
# is among $nm_roots); the same of FILE, which is looked at in the same breath and not judged, in $nm_found_beside.
nm_path_of_root() {
  nm_beside=${2-}
  nm_found_beside=''
  case $nm_beside$nm_roots in
    '
'*"
$1
"*)
      nm_real_path=$1 nm_why=''
      return 0
      ;;
  esac
  nm_follow "$1" || return 1
  IFS='
'
  set -f
  # shellcheck disable=SC2086 # one path a line
  set -- $nm_way ${nm_beside:+"$nm_beside"}
  set +f
  unset IFS
  nm_know_the_rest "$@"
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
    case $nm_found in 4???' '*) nm_roots="$nm_roots$1
" ;; esac
    shift
  done
}

# Folders that were found to be root's, with all that leads to them, and no links: one a line, between newlines.
nm_roots='
'

# Finds them among what is known, where a folder stands behind the one that it is in.
nm_know_roots() {
  IFS='
'
  set -f
  for nm_line_of in $nm_known; do
    nm_path=${nm_line_of%%	*}
    nm_above=${nm_path%/*}
    case $nm_path:$nm_roots in
      /:*) ;;
      *:*"
${nm_above:-/}
"*) ;;
      *) continue ;;
    esac
    nm_looks=${nm_line_of#*	}
    case $nm_looks in 4???' 0 '*) ;; *) continue ;; esac
    if nm_only_roots "${nm_looks%% *}" 0 && [ ! -L "$nm_path" ]; then
      nm_roots="$nm_roots$nm_path
"
    fi
  done
  set +f
  unset IFS
}

# What paths were seen to be, one a line: <path> TAB <mode, hex, with type> <uid> <gid> <size> <seconds since 1970 of its last change>.
# What was root's alone a moment ago is so until root changes it.
nm_known=${nm_known-}

# nm_know PATH…: looks at all of them at once, links followed.
nm_know() {
  # A name with a control character could be a line of its own. There is hardly ever one, and many paths: taken one by one only then.
  IFS=' '
  case $* in
    *[[:cntrl:]]*)
      for nm_path; do
        shift
        case $nm_path in *[[:cntrl:]]*) ;; *) set -- "$@" "$nm_path" ;; esac
      done
      ;;
  esac
  unset IFS
  [ "$#" -eq 0 ] || nm_known="$nm_known
$(stat -L -c '%n	%f %u %g %s %Z' -- "$@" 2>/dev/null)"
}

nm_know_the_rest() {
  for nm_path; do
    shift
    case $nm_known in
      *"
$nm_path	"*) ;;
      *) set -- "$@" "$nm_path" ;;
    esac
  done
  [ "$#" -eq 0 ] || nm_know "$@"
}

# Whether it was looked at, and is there; then what it is in $nm_looks. Line by line, because dash looks for a piece of a long text in a
# time that grows with its square; only whether it is in there at all is soon told.
nm_is_known() {
  nm_looks=''
  case $nm_known in *"
$1	"*) ;; *) return 1 ;; esac
  IFS='
'
  set -f
  for nm_line_of in $nm_known; do
    case $nm_line_of in
      "$1	"*)
        nm_looks=${nm_line_of#"$1	"}
        break
        ;;
    esac
  done
  set +f
  unset IFS
  [ -n "$nm_looks" ]
}

# What links were seen to lead to, one a line: <path> TAB <target>.
nm_targets=''

# nm_know_links PATH…: where those of them that are links lead to, asked in one go where this readlink takes several.
nm_know_links() {
  for nm_path; do
    shift
    case $nm_path in *[[:cntrl:]]*) ;; *) [ ! -L "$nm_path" ] || set -- "$@" "$nm_path" ;; esac
  done
  [ "$#" -gt 1 ] || return 0
  nm_lines=$(readlink -- "$@" 2>/dev/null) || return 0
  nm_new_targets=''
  IFS='
'
  set -f
  for nm_target in $nm_lines; do
    # One target of several lines, and it is not told which is whose.
    [ "$#" -gt 0 ] || nm_new_targets='' nm_lines=''
    [ -z "$nm_lines" ] || nm_new_targets="$nm_new_targets
$1	$nm_target"
    [ "$#" -eq 0 ] || shift
  done
  set +f
  unset IFS
  nm_targets=$nm_targets$nm_new_targets
}

# Where link "$1" leads to, in $nm_target.
nm_link_leads() {
  case $nm_targets in
    *"
$1	"*)
      nm_target=${nm_targets#*"
$1	"}
      nm_target=${nm_target%%"
"*}
      ;;
    *) nm_target=$(readlink "$1") ;;
  esac
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

# The path without links in $nm_real_path, and what is to be looked at on the way to it, one path per line, in $nm_way: itself, and each
# folder that is not among $nm_roots yet.
nm_follow() {
  nm_why='' nm_real_path='' nm_way='' nm_links=0 nm_ahead=$1
  case $1 in
    *[[:cntrl:]]* | '') nm_why=odd-name ;;
    /*) nm_follow_step / ;;
    *) nm_why=relative ;;
  esac
  while [ -z "$nm_why" ] && [ -n "$nm_ahead" ]; do
    nm_step=${nm_ahead%%/*}
    case $nm_ahead in */*) nm_ahead=${nm_ahead#*/} ;; *) nm_ahead='' ;; esac
    case $nm_step in
      '' | .) ;;
      ..) nm_real_path=${nm_real_path%/*} ;;
      *) nm_follow_step "${nm_real_path%/}/$nm_step" ;;
    esac
  done
  nm_real_path=${nm_real_path:-/}
  case "
$nm_way" in *"
$nm_real_path
") ;; *) nm_way="$nm_way$nm_real_path
" ;; esac
  [ -z "$nm_why" ]
}

nm_follow_step() {
  case $nm_roots in
    *"
$1
"*)
      nm_real_path=$1
      return 0
      ;;
  esac
  if [ ! -L "$1" ]; then
    nm_real_path=$1
    nm_way="$nm_way$1
"
    return 0
  fi
  nm_links=$((nm_links + 1))
  nm_link_leads "$1" || nm_why=missing
  case $nm_target in
    *[[:cntrl:]]* | '') nm_why=odd-name ;;
    /*) nm_real_path='' ;;
  esac
  # As many as Linux follows (path_resolution(7)).
  [ "$nm_links" -le 40 ] || nm_why=links
  nm_ahead=$nm_target/$nm_ahead
}
