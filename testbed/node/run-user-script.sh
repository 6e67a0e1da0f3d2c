#!/bin/sh
# Runs a node group's user script as NKS does (user script v2): once in the life of a node, as root, before the node joins. Its output and
# its exit code stay where NKS keeps them; whatever it ends with, the node goes on booting.
set -eu
code=0
/usr/lib/testbed/user-script </dev/null >/var/log/userscript_v2.output 2>&1 || code=$?
printf '%s\n' "$code" >/var/log/userscript_v2.exitcode
mkdir -p /var/lib/testbed
: >/var/lib/testbed/user-script-ran
