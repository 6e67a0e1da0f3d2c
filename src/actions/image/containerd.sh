# shellcheck shell=sh disable=SC2034,SC2154 # prelude.sh and the containerd.sh of image-pin go before it
# What the scripts of the image action ask of containerd.

# read_name NAME: sets name_digest and name_run, both empty when there is none
read_name() {
  read_record "$1"
  name_digest=$record_digest name_run=$record_run
}

# All names of an image but those of its configuration, which CRI makes: names_of DIGEST
names_of() {
  images ls -q "target.digest==$1" | { grep -v '^sha256:' || :; }
}

# ids_of DIGEST
ids_of() {
  images ls -q "target.digest==$1" | { grep '^sha256:' || :; }
}

# Sets lacking: what is missing of an image, in the words of ctr; empty when it is whole. Layers that were thrown away once they
# were unpacked are not missing: find_lacking NAME
find_lacking() {
  lacking='not there'
  checked=$(images check "name==$1" 2>&1) || fail runtime-client "$checked"
  while read -r checked_name _ _ checked_status; do
    [ "$checked_name" = "$1" ] || continue
    case $checked_status in
      'complete ('* | *' true' | *' true ') lacking='' ;;
      *) lacking=${checked_status%%)*}')' ;;
    esac
  done <<LINES
$checked
LINES
}

# Fails where the name is there by now, which is not found out before but by making it: add_name FROM NAME
add_name() {
  # From 2.0 on a name that is there would be moved, and labels stay behind.
  if images tag --help 2>/dev/null | grep -q -e '--local'; then
    words=$(images tag --local "$1" "$2" 2>&1)
  else
    words=$(images tag "$1" "$2" 2>&1)
  fi
}

# mark_name NAME RUN
mark_name() {
  must runtime-client images label "$1" "$run_label=$2"
}

# Waits until what only this name held is gone, too: remove_name NAME
remove_name() {
  must runtime-client images rm --sync "$1"
}

# Prints the containers that were made from an image of this name: users_of NAME
users_of() {
  ctr --address "$socket" --namespace k8s.io --timeout 30s containers ls -q "image==$1"
}

# What came is held by a name that the run made for it, until the image has its own: remove_incoming NAME
remove_incoming() {
  case $1 in
    *nodemend*"$run"*) ;;
    *) return 0 ;;
  esac
  read_name "$1"
  [ -z "$name_digest" ] || remove_name "$1"
}

# Of one platform, without unpacking, as CRI's own pulls can do, too: import_archive FILE PLATFORM
import_archive() {
  set -- --no-unpack --platform "$2" "$1"
  # From 2.0 on names would get another prefix.
  ! images import --help 2>/dev/null | grep -q -e '--local' || set -- --local "$@"
  words=$(images import "$@" 2>&1) || fail runtime-client "$words"
}
