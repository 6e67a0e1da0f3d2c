# shellcheck shell=sh disable=SC2034,SC2154 # path-of-root.sh, daemon.sh and daemon-probe.sh go before it
# daemon-accepts.sh STAGED PATH: whether the node's own dockerd would start with the staged file.
#
# It is asked with a fixed command line and the staged file alone: no word of the running daemon's command line is given to a program
# that root runs. Whether a flag of the running daemon is at odds with the file is for the reader to decide, from the flags' names.
#   doubt dockerd <why> · no-dockerd              nothing else follows
#   flag <name>                                   every flag of the running dockerd, by name alone
#   no-validate · validated <exit code> then what it said      (dockerd before 23.0 cannot tell)
# then an empty line and the staged file, as daemon-probe.sh masks it.
PATH=/usr/sbin:/usr/bin:/sbin:/bin:/usr/local/sbin:/usr/local/bin
LC_ALL=C
export PATH LC_ALL
staged=$1
nm_scratch=''
nm_daemon dockerd
if [ -n "$nm_doubt" ]; then
  echo "doubt dockerd $nm_doubt"
  exit 0
fi
if ! command -v dockerd >/dev/null 2>&1; then
  echo no-dockerd
  exit 0
fi
[ -z "$nm_found_pid" ] ||
  tr '\000' '\n' <"/proc/$nm_found_pid/cmdline" | sed -n -e 's/^\(--[^=]*\).*/flag \1/p' -e 's/^\(-[^-]\).*/flag \1/p'
if dockerd --help 2>&1 | grep -q -e '--validate'; then
  said=$(dockerd --validate --config-file "$staged" 2>&1 </dev/null)
  echo "validated $?"
  # What it quotes of the file may be a secret.
  printf '%s\n' "$said" | sed -e 's/(from f.*//' -e '/^[[:space:]]*$/d' | tail -n 3
else
  echo no-validate
fi
echo
nm_masked_json "$staged"
