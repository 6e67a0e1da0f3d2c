#!/bin/sh
# First step inside the new namespaces: enter.sh INIT…
# Nobody is mapped yet, so this process has no name for itself and no capability. It says that the namespaces exist, waits for
# the parent to write the identity map and to put the network card in, and starts again as root of the node. The text of that
# next step (root.sh) comes in the environment, because the node's root does not hold it.
set -eu
printf 'unshared\n'
read -r _
exec sh -c "$NODE_ROOT_SETUP" root.sh "$@"
