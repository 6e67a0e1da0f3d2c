#!/bin/sh
# Stands before runc where the machine lacks CAP_SYS_RESOURCE, which a negative OOM score needs and Docker cannot do without:
# it takes negative scores out of the bundle's config.json and leaves everything else to runc.
bundle=.
previous=
for argument in "$@"; do
  case $previous in
    --bundle | -b) bundle=$argument ;;
  esac
  previous=$argument
done
if [ -w "$bundle/config.json" ]; then sed -i 's/"oomScoreAdj":-[0-9][0-9]*/"oomScoreAdj":0/' "$bundle/config.json"; fi
exec /usr/sbin/runc "$@"
