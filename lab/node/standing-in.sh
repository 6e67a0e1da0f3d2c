#!/bin/sh
# A stand-in for kubelet, or for containerd: there so that a node has a process of this name with its command line. It does nothing;
# kubelet's part in rotating logs is played by log-writer.sh.
while :; do
  sleep 3600
done
