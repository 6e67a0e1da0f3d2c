# shellcheck shell=sh disable=SC2154 # path-of-root.sh and scratch.sh go before it
# logrotate-accepts.sh STAGED PATH: what logrotate says of the staged file alone, of the whole configuration as it is, and of
# the whole configuration with the staged file as PATH. An empty STAGED stands for PATH's removal.
#   folder <why> <path>            docker's folder, as a rule of the staged file names it, is not root's alone
staged=$1
path=$2
folder=${path%/*}
name=${path##*/}

# logrotate works in docker's folder as root. Whoever can change it, or a folder on the way to it, would have root copy and empty
# any file, by a link. Asked here as well as by the probe: the folder may be another's by now, and a plan somebody else's.
folders() {
  set -f
  # shellcheck disable=SC2046 # words on purpose; a name with a blank leaves one that is none of a folder
  set -- $(sed -n 's/^rotating pattern: //p' "$scratch/report")
  set +f
  for pattern in "$@"; do
    case $pattern in
      */containers/*)
        pattern=${pattern%%/containers/*}/containers
        nm_place_of_root "${pattern#\"}" || echo "folder $nm_why $pattern"
        ;;
    esac
  done
}

configuration before "$main"
if [ -n "$staged" ]; then
  configuration alone "$staged"
  folders
fi

# The folder as it would be.
would_be() {
  mkdir "$scratch/folder" &&
    cp -a "$folder/." "$scratch/folder/" &&
    rm -f "$scratch/folder/$name" &&
    { [ -z "$staged" ] || mv -f "$scratch/folder/${staged##*/}" "$scratch/folder/$name"; }
}

# Runs a command with the scratch folder in the folder's place, in a mount namespace of its own. Made private first: before
# util-linux 2.27 unshare(1) did not do it, and the mount would have shown on the whole node.
in_place() {
  # shellcheck disable=SC2016 # for the inner shell
  unshare -m sh -c 'mount --make-rprivate / && mount --bind "$1" "$2" && shift 2 && exec "$@"' sh "$scratch/folder" "$folder" "$@"
}

# Where no namespace is to be had: a copy of the main file that includes the scratch folder instead.
rewritten() {
  found=''
  while IFS= read -r line || [ -n "$line" ]; do
    # shellcheck disable=SC2086 # words on purpose
    set -f && set -- $line && set +f
    if [ "${1-}" = include ] && [ "${2-}" = "$folder" ] && [ "$#" -eq 2 ]; then
      line="include $scratch/folder"
      found=1
    fi
    printf '%s\n' "$line"
  done <"$main" >"$scratch/main"
  [ -n "$found" ]
}

if [ "$path" = "$main" ]; then
  # The staged file includes the same folders as the one it replaces.
  configuration after "${staged:-/dev/null}"
  exit 0
fi
would_be || {
  echo 'unable no-copy'
  exit 0
}
if in_place true 2>/dev/null; then
  in_place logrotate -d -s "$scratch/state" "$main" >"$scratch/report" 2>&1
  echo "part after $?"
  complaints
elif rewritten; then
  configuration after "$scratch/main"
else
  echo 'unable not-included'
fi
