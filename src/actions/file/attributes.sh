# shellcheck shell=sh disable=SC2154 # prelude.sh and place.sh go before it
# What a file has beside content, owner and mode: an ACL, extended attributes (the SELinux label and capabilities are such), and
# the flags of chattr(1). No tool of POSIX knows them, so each is asked of the tools that the node has.

# The flags that chattr(1) can set, without those that say how a file system stores the file: flags_of FILE
flags_of() {
  command -v lsattr >/dev/null 2>&1 || return 0
  flags_line=$(lsattr -d "$1" 2>/dev/null) || return 0
  printf '%s' "${flags_line%% *}" | tr -cd 'AacdDijSstux'
}

# Refuses a file that somebody made so that nobody replaces it (chattr +i or +a): require_changeable FILE
require_changeable() {
  case $(flags_of "$1") in
    *i* | *a*) refuse immutable 'immutable or append-only' ;;
  esac
}

# Names and values in hex, without the file's own name; empty where there is no tool that tells: attributes_of FILE
attributes_of() {
  command -v getfattr >/dev/null 2>&1 || return 0
  # The first line names the file.
  getfattr --absolute-names -h -d -m - -e hex "$1" 2>/dev/null | tail -n +2
}

# The SELinux label; empty where there is none or nobody knows.
label_of() {
  label=$(stat -c %C "$1" 2>/dev/null) || label=
  [ "$label" != '?' ] || label=
  if [ -z "$label" ] && command -v getfattr >/dev/null 2>&1; then
    label=$(getfattr --absolute-names -h --only-values -n security.selinux "$1" 2>/dev/null | tr -d '\000') || label=
  fi
  printf '%s' "$label"
}

# Whether a file has an ACL or an attribute that policy does not give back: yes, no, or unknown where no tool tells.
has_attributes() {
  if command -v getfattr >/dev/null 2>&1; then
    getfattr --absolute-names -h -m - "$1" 2>/dev/null | tail -n +2 | {
      attributes_found=no
      while IFS= read -r attribute; do
        case $attribute in
          '' | security.selinux) ;;
          *) attributes_found=yes ;;
        esac
      done
      printf '%s' "$attributes_found"
    }
    return 0
  fi
  # GNU ls marks an ACL; it says nothing of the rest, and busybox's says nothing at all.
  listed=$(ls -ld "$1" 2>/dev/null) || listed=
  case ${listed%% *} in
    *+) printf yes ;;
    *) printf unknown ;;
  esac
}

# Whether cp(1) copies attributes alone and says so when it cannot (GNU coreutils since 8.6).
can_copy_attributes() {
  cp --attributes-only --preserve=mode,xattr "$1" "$2" 2>/dev/null
}

# Gives a new file what another has beside content, owner and mode, and proves it: keep_attributes FROM TO FLAGS
# To be called when the content is written and the owner set, which take capabilities away. The mode is set again after it.
keep_attributes() {
  if can_copy_attributes "$1" "$2"; then
    [ "$(attributes_of "$1")" = "$(attributes_of "$2")" ] || refuse not-a-file 'attributes that cannot be kept'
  else
    case $(has_attributes "$1") in
      yes) refuse not-a-file 'attributes that cannot be kept' ;;
      unknown) say note 'no tool on this node tells ACLs and attributes' ;;
    esac
  fi
  if [ -n "$3" ]; then
    chattr "+$3" "$2" 2>/dev/null || refuse not-a-file 'flags that cannot be kept'
  fi
}
