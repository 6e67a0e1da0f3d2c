#!/bin/sh
# Gives the node's runtime the image that a node without a registry needs, once in the life of its disk: load-images.sh RUNTIME ARCHIVE
set -eu
case $1 in
  docker) exec docker load --quiet --input "$2" ;;
  containerd | containerd2) exec ctr -n k8s.io images import "$2" ;;
esac
