# Faults of the problem image-pull that are of a node. Called with the name of one as "$1", as root on that node. Those that are
# pods are in cluster-faults.ts.
set -eu
case "$1" in
  *)
    echo "unknown fault: $1" >&2
    exit 64
    ;;
esac
