# shellcheck shell=sh
# Gets a manifest as containerd itself would when it pulls: manifest-by-ctr.sh WAY REFERENCE [FOLDER]
# WAY is runtime or plain-http; FOLDER holds containerd's hosts' folders. No login, and nothing is kept: ctr asks no daemon for it.
# Standard output: the bytes as they came. Exit code: ctr's own; 127 when there is none, 126 when it
# cannot be started, 78 when others than root have a say in what it is.
manifest_way=$1
manifest_reference=$2
manifest_folder=${3-}

manifest_ctr=$(command -v ctr) || exit 127
# shellcheck disable=SC2154 # set by nm_path_of_root
nm_path_of_root "$manifest_ctr" || {
  echo "$nm_why" >&2
  exit 78
}
set -- content fetch-object
[ "$manifest_way" != plain-http ] || set -- "$@" --plain-http
[ -z "$manifest_folder" ] || set -- "$@" --hosts-dir "$manifest_folder"
exec "$manifest_ctr" "$@" "$manifest_reference" "$manifest_reference" </dev/null
