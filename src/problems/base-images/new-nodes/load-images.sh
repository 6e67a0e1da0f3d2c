#!/bin/sh
# Gives this node its base images, each from the registry and by the digest that its list names, and pins them. Made by nodemend for a
# node's first boot; safe to run again: an image that is there is left as it is, and no name is taken from another image.
#   load-images.sh LIST     lines of NAME SOURCE@DIGEST; ends with 1 where an image could not be loaded, with 75 where no runtime
#                           answers yet
set -eu
list=$1
containerd_socket=/run/containerd/containerd.sock
pinned=io.cri-containerd.pinned=pinned

say() {
  echo "$*"
}

# Nothing that hangs holds the others up for longer than SECONDS: bounded SECONDS COMMAND...
bounded() {
  seconds=$1
  shift
  if command -v timeout >/dev/null 2>&1; then timeout "$seconds" "$@"; else "$@"; fi
}

# ---- containerd, in the namespace that kubelet's images are in
in_containerd() {
  limit=$1
  shift
  bounded "$limit" ctr --address "$containerd_socket" --namespace k8s.io "$@"
}

# Prints the digest that a name stands for; nothing where there is none: containerd_digest NAME
containerd_digest() {
  in_containerd 30 images ls "name==$1" | awk -v name="$1" '$1 == name { print $3 }'
}

# Layers that were dropped once they were unpacked are not missing: containerd_is_whole NAME
containerd_is_whole() {
  in_containerd 60 images check "name==$1" | awk -v name="$1" '
    $1 == name && ($4 == "complete" || $NF == "true") { found = 1 }
    END { exit !found }'
}

load_into_containerd() {
  seen=$(containerd_digest "$1")
  if [ -n "$seen" ] && [ "$seen" != "$3" ]; then
    say "$1 is another image here ($seen); it is left as it is"
    return 1
  fi
  if [ -z "$seen" ] || ! containerd_is_whole "$1"; then
    # As the runtime's own configuration says of that registry; containerd refuses content with another digest.
    in_containerd 600 images pull --hosts-dir /etc/containerd/certs.d "$2" >"$words" 2>&1 || {
      say "$1 could not be pulled from $2: $(tail -n 1 "$words")"
      return 1
    }
    # No runtime looks whether a name that is made by hand says the truth.
    [ "$(containerd_digest "$2")" = "$3" ] || {
      say "$2 did not come with its digest"
      return 1
    }
    [ -n "$seen" ] || in_containerd 30 images tag "$2" "$1" >"$words" 2>&1 || {
      say "$1 could not be named: $(tail -n 1 "$words")"
      return 1
    }
    say "$1 was loaded from $2"
  fi
  pin "$1"
  # Kept: kubelet's own pulls take the pin off the name that they pull, and not off this one.
  [ -z "$(containerd_digest "$2")" ] || pin "$2"
}

pin() {
  in_containerd 30 images label "$1" "$pinned" >/dev/null 2>"$words" || say "$1 could not be pinned: $(tail -n 1 "$words")"
}

# ---- docker, which has nothing to pin with
docker_id() {
  bounded 30 docker image inspect --format '{{.Id}}' "$1" 2>/dev/null || :
}

load_into_docker() {
  case $1 in
    *@*)
      say "$1: docker makes names with a digest only of what it pulls under them"
      return 1
      ;;
  esac
  if [ -n "$(docker_id "$1")" ]; then
    say "$1 is here already"
    return 0
  fi
  bounded 600 docker pull --quiet "$2" >"$words" 2>&1 || {
    say "$1 could not be pulled from $2: $(tail -n 1 "$words")"
    return 1
  }
  bounded 30 docker tag "$2" "$1" >"$words" 2>&1 || {
    say "$1 could not be named: $(tail -n 1 "$words")"
    return 1
  }
  say "$1 was loaded from $2"
}

# A node may have docker's programs and never start them.
runs_docker() {
  command -v dockerd >/dev/null 2>&1 || return 1
  [ -S /var/run/docker.sock ] || systemctl --quiet is-enabled docker.service docker.socket 2>/dev/null
}

# The runtime of kubelet: docker has a containerd of its own, which keeps no images for it. A socket alone says nothing: at boot systemd
# listens on docker's, and starts docker behind what the node begins with, which is perhaps this.
runtime=''
if runs_docker; then
  [ ! -S /var/run/docker.sock ] || ! bounded 5 docker version >/dev/null 2>&1 || runtime=docker
elif command -v ctr >/dev/null 2>&1; then
  [ ! -S "$containerd_socket" ] || ! in_containerd 5 version >/dev/null 2>&1 || runtime=containerd
fi
[ -n "$runtime" ] || {
  say 'no container runtime answers yet'
  exit 75
}
words=$(mktemp)
trap 'rm -f "$words"' EXIT
trap 'exit 1' HUP INT TERM
failed=''
while read -r name source; do
  "load_into_$runtime" "$name" "$source" "${source#*@}" </dev/null || failed="$failed $name"
done <"$list"
[ -z "$failed" ] || {
  say "not loaded:$failed"
  exit 1
}
