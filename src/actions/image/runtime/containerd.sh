# shellcheck shell=sh disable=SC2034,SC2154 # prelude.sh and the containerd.sh of image-pin go before it
# What the scripts of the image action ask of containerd: docker.sh has the same words.

require_runtime() {
  require_containerd "$socket"
}

require_store() {
  :
}

# read_name NAME: sets name_digest, and name_run to the run that made it; both empty when there is none
read_name() {
  read_record "$1"
  name_digest=$record_digest name_run=$record_run
}

# Names of the image but those of its configuration, which CRI makes. What could not be listed is not none.
names_of_image() {
  named=$(images ls -q "target.digest==$digest") || return 1
  printf '%s\n' "$named" | { grep -v -e '^sha256:' -e '^$' || :; }
}

# CRI's own names of the image.
ids_of_image() {
  named=$(images ls -q "target.digest==$digest") || return 1
  printf '%s\n' "$named" | { grep '^sha256:' || :; }
}

# Sets ids_elsewhere to CRI's own names that it would move to this image, each with the digest that it is at, a line each: of the
# configuration, and of all of them where that is not known.
find_ids_elsewhere() {
  ids_elsewhere=''
  all_ids=$configuration
  [ -n "$all_ids" ] || all_ids=$(images ls -q 'name~=^sha256:') || fail runtime-client "$(runtime_words)"
  for elsewhere in $all_ids; do
    read_record "$elsewhere"
    [ -z "$record_digest" ] || [ "$record_digest" = "$digest" ] || ids_elsewhere="$ids_elsewhere$elsewhere $record_digest
"
  done
}

# Has CRI move its name back, as it does for whatever name it has not taken in: the record keeps its labels, and is there at any
# moment. Fails where nothing is left of what it was at but this: put_back_id ID DIGEST
put_back_id() {
  held_by=$(images ls -q "target.digest==$2") || fail runtime-client "$(runtime_words)"
  held_by=$(printf '%s\n' "$held_by" | { grep -v -m 1 -e '^sha256:' -e '^$' || :; })
  [ -n "$held_by" ] || return 1
  must runtime-client images label "$held_by" io.cri-containerd.image=
  id_tries=0
  while :; do
    back=$(images ls -q "name==$1,target.digest==$2") || fail runtime-client "$(runtime_words)"
    [ -z "$back" ] || return 0
    id_tries=$((id_tries + 1))
    [ "$id_tries" -lt 10 ] || fail runtime-client "CRI has not put $1 back to $2"
    sleep 1
  done
}

# Why a call failed whose standard error is not ours to read: asked once more.
runtime_words() {
  last_line "$(images ls -q name==none 2>&1 >/dev/null)"
}

# Sets lacking: what is missing of an image by containerd's own list, in the words of ctr; empty when it is whole. Layers that were
# thrown away once they were unpacked are not missing: find_unlisted NAME
find_unlisted() {
  lacking='not there'
  checked=$(images check "name==$1" 2>&1) || fail runtime-client "$(last_line "$checked")"
  while read -r checked_name _ _ checked_status; do
    [ "$checked_name" = "$1" ] || continue
    lacking=$checked_status
  done <<LINES
$checked
LINES
  stored=no
  case $lacking in
    'complete ('*) lacking='' stored=yes ;;
    *' true' | *' true ') lacking='' ;;
  esac
}

# The same of what is really there: what the list has may be gone or damaged (1.6 as 2.4). Export reads it all, and checks each
# digest: find_lacking NAME
find_lacking() {
  find_unlisted "$1"
  [ "$stored" = yes ] || return 0
  lacking=$(ctr --address "$socket" --namespace k8s.io --timeout 300s images export --platform "$platform" - "$1" 2>&1 >/dev/null) && lacking=''
  lacking=$(last_line "$lacking")
}

content() {
  ctr --address "$socket" --namespace k8s.io --timeout 300s content "$@"
}

# Those of the digests that the node has: held_blobs DIGEST...
held_blobs() {
  all_blobs=$(content ls -q) || return 1
  while IFS= read -r held_blob; do
    case " $* " in *" $held_blob "*) printf '%s\n' "$held_blob" ;; esac
  done <<LINES
$all_blobs
LINES
}

# Sets lacking where one of them is not what its name says: find_damaged DIGEST...
find_damaged() {
  for held_blob in "$@"; do
    held_sum=$(content get "$held_blob" | sha256sum) || held_sum=''
    [ "sha256:${held_sum%% *}" = "$held_blob" ] || lacking="$held_blob: sha256:${held_sum%% *}"
  done
}

# Fails where the name is there by now, which is not found out before but by making it: add_name FROM NAME
add_name() {
  tag_locally=$(locally tag)
  words=$(images tag ${tag_locally:+"$tag_locally"} "$1" "$2" 2>&1)
}

# From 2.0 on a name that is there would be moved, and labels and --hosts-dir be the daemon's: locally SUBCOMMAND
locally() {
  ! images "$1" --help 2>/dev/null | grep -q -e ' --local ' || printf '%s' --local
}

# Says whose the name is. CRI takes its own label off for a moment, and puts it on again when it has taken the name in.
mark_name() {
  must runtime-client images label "$image" "$run_label=$run" io.cri-containerd.image=
}

# Whether kubelet will be told of the name, as far as it can be known: managed, waiting, or unasked where CRI does not run.
find_cri() {
  cri_tries=0
  while :; do
    cri=waiting
    cri_record=$(images ls "name==$image" 2>/dev/null) || cri_record=''
    case $cri_record in *io.cri-containerd.image=managed*) cri=managed ;; esac
    [ "$cri" = waiting ] || return 0
    ctr --address "$socket" --timeout 30s plugins ls 2>/dev/null | grep -q 'io.containerd.grpc.v1  *cri .* ok' || cri=unasked
    cri_tries=$((cri_tries + 1))
    [ "$cri" = waiting ] && [ "$cri_tries" -lt 10 ] || return 0
    sleep 1
  done
}

# Waits until what only this name held is gone, too: remove_name NAME
remove_name() {
  must runtime-client images rm --sync "$1"
}

# A removal is whole, or nothing.
finish_removal() {
  :
}

# The name under which it came is of no more use.
drop_incoming() {
  [ "$comes" = no ] || withdraw_incoming
}

# Prints the containers that were made from an image of this name: users_of NAME
users_of() {
  ctr --address "$socket" --namespace k8s.io --timeout 30s containers ls -q "image==$1"
}

# ctr holds what it brings by a lease of its own, and ends that as it ends. One that is killed leaves it, which holds all of it for a
# day; no lease can be given to ctr, and none be asked what it holds. So the first that ctr is given is a mark that no other import
# has: nothing but this lease holds it. Noted are the mark, and the leases that are there before; what is there of the blobs is in
# held: note_import MARK BLOB...
note_import() {
  noted_mark=$1
  shift
  before=$(leases ls -q) || fail runtime-client "$(runtime_words)"
  held=$(held_blobs "$@") || fail runtime-client "$(runtime_words)"
  words=$({ printf '%s\nmark %s\n' "$before" "$noted_mark" >"$action/importing.new"; } 2>&1) || fail write-failed "$words"
  must write-failed mv -f "$action/importing.new" "$action/importing"
}

# Ends the lease of an import that was cut short. Where the mark is there after a collection, our lease is: it is newer than the note,
# and the only one that is where no other was seen before that. Where others are newer, too, one may be kubelet's, whose pull would
# fail; and without the mark ours is gone, or holds nothing. What is not ended here ends by itself.
end_left_import() {
  [ -e "$action/importing" ] || return 0
  newer=$(leases ls -q) || fail runtime-client "$(runtime_words)"
  newer=$(printf '%s\n' "$newer" | { grep -vxF -f "$action/importing" || :; })
  if collect_now && [ -n "$newer" ] && [ "$(printf '%s\n' "$newer" | wc -l)" -eq 1 ]; then
    marked=$(held_blobs "$(sed -n 's/^mark //p' "$action/importing")") || fail runtime-client "$(runtime_words)"
    [ -z "$marked" ] || must runtime-client leases rm --sync "$newer"
  fi
  must write-failed rm -f "$action/importing"
}

leases() {
  ctr --address "$socket" --namespace k8s.io --timeout 60s leases "$@"
}

# What belongs to nobody is collected some time; the end of a lease has it collected now. Fails where that was not done. The lease
# may be there, of a script that was killed.
collect_now() {
  leases create --id "nodemend-$run" >/dev/null 2>&1 || :
  leases rm --sync "nodemend-$run" >/dev/null 2>&1
}

# Of one platform, without unpacking, as CRI's own pulls can do, too. What ctr is given is the time for all of it, at two megabytes a
# second. The mark is on standard input, an entry of an archive as the others are. Fails with words: import_archive FILE PLATFORM
import_archive() {
  import_file=$1
  import_seconds=$((30 + $(wc -c <"$1") / 2000000))
  set -- --no-unpack --platform "$2" -
  # From 2.0 on names would get another prefix.
  [ -z "$(locally import)" ] || set -- --local "$@"
  import_code=0
  words=$(
    cat - "$import_file" 2>/dev/null |
      ctr --address "$socket" --namespace k8s.io --timeout "${import_seconds}s" images import "$@" 2>&1
  ) || import_code=$?
  words=$(last_line "$words")
  if [ "$import_code" -eq 0 ]; then
    must write-failed rm -f "$action/importing"
    return 0
  fi
  # The note stays: killed, or out of time, it could not end its lease.
  collect_now || :
  return 1
}
