#!/bin/sh
# Stands before runc on a Docker node, which asks for all that a machine can have: it takes out of what runc is told (a bundle's
# config.json, the process of an exec) what a node of a testbed lacks, and leaves everything else to runc. Those are the capabilities that would reach the machine, of which a
# privileged container is given all; and negative OOM scores, where the machine lacks CAP_SYS_RESOURCE.
bundle=.
process=
previous=
for argument in "$@"; do
  case $previous in
    --bundle | -b) bundle=$argument ;;
    --process | -p) process=$argument ;;
  esac
  previous=$argument
done

bounding=$((0x$(sed -n 's/^CapBnd:[[:blank:]]*//p' /proc/self/status)))
lacks() { [ $((bounding >> $1 & 1)) = 0 ]; }

for told in "$bundle/config.json" "$process"; do
  if [ ! -w "$told" ]; then continue; fi
  # The number of each is the kernel's own (include/uapi/linux/capability.h).
  for capability in SYS_MODULE:16 SYS_RAWIO:17 SYS_RESOURCE:24 SYS_TIME:25; do
    name=CAP_${capability%:*}
    if lacks "${capability#*:}"; then sed -i "s/\"$name\",//g; s/,\"$name\"]/]/g" "$told"; fi
  done
  if lacks 24; then sed -i 's/"oomScoreAdj":-[0-9][0-9]*/"oomScoreAdj":0/' "$told"; fi
done
exec /usr/sbin/runc "$@"
