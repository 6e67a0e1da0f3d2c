#!/bin/sh
# Injects a fault of gpu-metrics into a node of the testbed that has an exporter (testbed/node-services/): break.sh FAULT
# Runs as root inside the node's root. The same fault twice leaves the node as once. Prints what it did.
set -eu
fault=${1:-library-uncached}

case $fault in
  # As the image is made: the library is in a folder that ldconfig reads, and its cache is older.
  library-uncached)
    library=/usr/local/lib/libdcgm.so.4
    if [ ! -e "$library" ] || ! systemctl cat dcgm-exporter.service >/dev/null 2>&1; then
      echo "$fault needs dcgm-exporter and $library, which this node does not have" >&2
      exit 2
    fi
    # Out of every folder that ldconfig reads: it goes by what is in a file, not by its name.
    aside=$(mktemp -d)
    mv "$library" "$aside/"
    ldconfig
    mv "$aside/${library##*/}" "$library"
    rmdir "$aside"
    systemctl restart dcgm-exporter.service || :
    echo "took $library out of the loader's cache and restarted dcgm-exporter"
    ;;
  *)
    echo "no fault is called $fault" >&2
    exit 2
    ;;
esac
