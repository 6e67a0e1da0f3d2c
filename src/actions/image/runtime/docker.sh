# shellcheck shell=sh disable=SC2034,SC2154 # prelude.sh goes before it
# What the scripts of the image action ask of docker: containerd.sh has the same words.

require_runtime() {
  command -v docker >/dev/null 2>&1 || refuse client-missing docker
  command -v timeout >/dev/null 2>&1 || refuse tool-missing timeout
  [ -S "$socket" ] || refuse runtime-away "$socket"
}

# In containerd's image store (the default from Docker 29 on) an id is not a configuration's digest, a name with a digest is kept as it
# is, and what was loaded halfway is listed.
require_store() {
  store=$(docker_asks info --format '{{json .DriverStatus}}' 2>&1) || fail runtime-client "$(last_line "$store")"
  case $store in *io.containerd.snapshotter.*) refuse store-unsupported ;; esac
}

# Nobody's context, host or login: this daemon's own socket, and a folder that is empty. One that hangs is given up.
docker_asks() {
  (
    unset DOCKER_HOST DOCKER_CONTEXT
    docker_code=0
    timeout "${docker_patience:-30}" docker --config "$action/docker" --host "unix://$socket" "$@" || docker_code=$?
    # As coreutils and POSIX have it; 143 of an old busybox.
    case $docker_code in 124 | 143) echo "docker: no answer within ${docker_patience:-30} s" >&2 ;; esac
    exit "$docker_code"
  )
}

# Why a call failed whose standard error is not ours to read: asked once more.
runtime_words() {
  last_line "$(docker_asks version 2>&1 >/dev/null)"
}

# An image has no name of a digest where it was not pulled; its configuration says as much. A name of another image is told by its
# id. Fails, with words in inspected, where docker does not say: ask_name NAME
ask_name() {
  name_digest='' name_run='' name_id=''
  inspected=$(docker_asks image inspect --format '{{.Id}}{{range .RepoDigests}} {{.}}{{end}} ' "$1" 2>&1) || {
    case $inspected in
      *'No such image'*) return 0 ;;
      *) return 1 ;;
    esac
  }
  name_id=${inspected%% *}
  case $inspected in
    *"@$digest "*) name_digest=$digest ;;
    "${configuration:--} "*) name_digest=$digest ;;
    *) name_digest=$name_id ;;
  esac
  # Docker's names have no labels: what the run says that it made is what it made.
  [ "$name_digest" != "$digest" ] || was_there "$1" || case $phase in
    committed | kept | undoing) name_run=$run ;;
  esac
}

# Not in a subshell, which would end alone: read_name NAME
read_name() {
  ask_name "$1" || fail runtime-client "$(last_line "$inspected")"
}

# As docker writes them; with those that the action is about as it is given them.
names_of_image() {
  for name in "$image" "$from"; do
    ask_name "$name" || return 1
    [ "$name_digest" != "$digest" ] || printf '%s\n' "$name"
  done
}

ids_of_image() {
  :
}

find_ids_elsewhere() {
  ids_elsewhere=''
}

# Docker lists no image that is not whole: find_lacking NAME
find_lacking() {
  read_name "$1"
  lacking=''
  [ -n "$name_id" ] || lacking='not there'
}

find_unlisted() {
  find_lacking "$1"
}

# Docker moves a name without a word: one that came in the last moment is looked for right before. add_name FROM NAME
add_name() {
  read_name "$2"
  words="$2: already exists"
  [ -z "$name_id" ] || return 1
  words=$(docker_asks tag "$1" "$2" 2>&1)
}

mark_name() {
  :
}

# Kubelet asks docker each time.
find_cri() {
  cri=managed
}

# With the last tag of a repository docker removes its names with a digest, too, which may have been there before, and the image with
# them. A tag that was moved is gone without that: to an image that is nothing, and is gone with it.
remove_name() {
  names_with_digest=$(docker_asks image inspect --format '{{range .RepoDigests}} {{.}}{{end}}' "$1" 2>/dev/null) || names_with_digest=''
  repository=${1%:*}
  short=${repository#docker.io/}
  case $names_with_digest in
    *" $repository@"* | *" ${short#library/}@"*) ;;
    *) must runtime-client docker_asks rmi "$1" && return ;;
  esac
  nothing=nodemend.dev/nothing:$key
  read_name "$nothing"
  [ -n "$name_id" ] ||
    words=$(head -c 1024 /dev/zero | docker_asks import - "$nothing" 2>&1) || fail runtime-client "$(last_line "$words")"
  must runtime-client docker_asks tag "$nothing" "$1"
  finish_removal "$1"
}

# What an undo that was cut short has left of that: finish_removal NAME
finish_removal() {
  nothing=nodemend.dev/nothing:$key
  read_name "$nothing"
  [ -n "$name_id" ] || return 0
  moved_to=$name_id
  read_name "$1"
  [ "$name_id" != "$moved_to" ] || must runtime-client docker_asks rmi "$1"
  must runtime-client docker_asks rmi "$nothing"
}

# One under which it was pulled stays: by it docker knows the digest.
drop_incoming() {
  case $from in nodemend.dev/incoming:*) withdraw_incoming ;; esac
}

# Docker gives no blobs, and needs none: it holds each layer that it loads against what the configuration says of it, and the
# configuration's digest is the image's id.
held_blobs() {
  :
}

find_damaged() {
  :
}

# The daemon itself throws away what a client that was killed had brought.
note_import() {
  held=''
}

end_left_import() {
  :
}

# An archive of some gigabytes; how long it may take is up to who sent the script. Fails with words: import_archive FILE PLATFORM
import_archive() {
  docker_patience=86400 import_code=0
  words=$(docker_asks load --quiet --input "$1" 2>&1) || import_code=$?
  words=$(last_line "$words")
  docker_patience=30
  return "$import_code"
}

users_of() {
  docker_asks ps --all --no-trunc --quiet --filter "ancestor=$1"
}
