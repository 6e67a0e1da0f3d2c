#!/bin/sh
# On a node: takes its sandbox image away, or gives it back: remove-sandbox-image.sh RUNTIME IMAGE remove|restore
set -eu
case $1.$3 in
  docker.remove) docker rmi --force "$2" ;;
  *.remove) ctr -n k8s.io images rm --sync "$2" ;;
  *) sh /usr/lib/testbed/load-images.sh "$1" /usr/lib/testbed/image.tar ;;
esac
