# shellcheck shell=sh
# Asks a server once, from the node, by the program that the node has: http-by-node.sh METHOD URL SECONDS [any|curl [AUTHORITY]]
# With curl no other program is taken; AUTHORITY is a file of certificates that curl is to trust, where it is there.
# Standard input: headers, one per line, in the form that curl reads from its configuration (header = "Name: value").
# Standard output: the name of the program on a line, then the answer as that program shows it, at most 256 KiB.
# Exit code: the program's own; 127 when there is none.
method=$1
url=$2
seconds=$3
program=${4:-any}
authority=${5-}

if command -v curl >/dev/null 2>&1; then
  echo curl
  set --
  [ -z "$authority" ] || [ ! -r "$authority" ] || set -- --cacert "$authority"
  case $method in HEAD) show=--head ;; *) show=--include ;; esac
  # Headers come by standard input: what is an argument is seen by every user of the node.
  # An address that a registry redirects to is one, whatever brackets it has.
  curl --globoff --silent --show-error --max-time "$seconds" --proto '=http,https' "$@" "$show" --config - --url "$url" |
    { head -c 262144; cat >/dev/null; }
  exit
fi
[ "$program" = any ] && command -v wget >/dev/null 2>&1 || exit 127
echo wget
set -- --quiet --server-response --tries=1 --max-redirect=0 --timeout="$seconds" --output-document=-
[ "$method" != HEAD ] || set -- "$@" --spider
while IFS= read -r line; do
  line=${line#header = \"}
  set -- "$@" --header="${line%\"}"
done
wget "$@" -- "$url" 2>&1 </dev/null | { head -c 262144; cat >/dev/null; }
