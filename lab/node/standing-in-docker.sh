#!/bin/sh
# A stand-in for docker's client: what it says of images, and takes away, is in a file of the node's.
images=/var/lib/nodemend-lab/images
[ "${1-}" != --host ] || shift 2
case "${1-} ${2-}" in
  'images --digests') cat "$images" ;;
  'image inspect') grep -q " ${3-}\$" "$images" ;;
  'rmi --force') awk -v name="${3-}" '$5 != name' "$images" >"$images.new" && mv "$images.new" "$images" ;;
  *)
    echo "docker is a stand-in here, and cannot do that: $*" >&2
    exit 1
    ;;
esac
