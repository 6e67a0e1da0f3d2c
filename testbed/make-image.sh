#!/bin/sh
# Gives the node's runtime images that no other node has, without a registry: make-image.sh RUNTIME KIB|program NAME…
# Each has a layer of so many KiB of its own, that nothing can run in. With 0 KiB it is the testbed's own image under another
# id, and runs; with `program` it holds one static program and no other file, as images of one program do (pause, coredns).
set -eu
runtime=$1
size=$2
shift 2
folder=$(mktemp -d /var/tmp/image.XXXXXX)
trap 'rm -rf "$folder"' EXIT

run='"Entrypoint":["/bin/busybox"],"Cmd":["sleep","1000000"]'
[ "$size" != program ] || run='"Entrypoint":["/echo"],"Cmd":["it runs"]'

layer() {
  case $size in
    0)
      tar -C "$folder" -xf /usr/lib/testbed/image.tar ./layer/layer.tar
      mv "$folder/layer/layer.tar" "$folder/content/layer.tar"
      ;;
    program)
      # Under the name of what it is to do.
      cp /bin/busybox "$folder/layer/echo"
      tar -C "$folder/layer" -cf "$folder/content/layer.tar" echo
      ;;
    *)
      head -c "${size}k" /dev/urandom >"$folder/layer/content"
      tar -C "$folder/layer" -cf "$folder/content/layer.tar" content
      ;;
  esac
}

for name in "$@"; do
  mkdir -p "$folder/layer" "$folder/content"
  layer
  sum=$(sha256sum <"$folder/content/layer.tar")
  cat >"$folder/content/config.json" <<CONFIG
{"architecture":"amd64","os":"linux","config":{"Env":["PATH=/bin","NAME=$name"],$run},"rootfs":{"type":"layers","diff_ids":["sha256:${sum%% *}"]}}
CONFIG
  printf '[{"Config":"config.json","RepoTags":["%s"],"Layers":["layer.tar"]}]\n' "$name" >"$folder/content/manifest.json"
  tar -C "$folder/content" -cf "$folder/image.tar" .
  sh /usr/lib/testbed/load-images.sh "$runtime" "$folder/image.tar" >/dev/null
done
