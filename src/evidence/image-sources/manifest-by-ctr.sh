# shellcheck shell=sh
# Gets a manifest as containerd itself would when it pulls: manifest-by-ctr.sh WAY REFERENCE FOLDER USER
# SKIP_VERIFY CA CERTIFICATE KEY, each of the last six perhaps empty.
# WAY is runtime or plain-http; FOLDER holds containerd's hosts' folders. Nothing is kept: ctr asks no daemon for it. The password of
# USER is standard input.
# Standard output: the bytes as they came, after ctr's own prompt where there is a user. Exit code: ctr's own; 127 when there is none,
# 126 when it cannot be started, 125 without script(1) for a password, 78 when others than root have a say in what ctr is. With a user
# the last line of standard error has ctr's: nodemend-exit CODE
manifest_way=$1
manifest_reference=$2
manifest_folder=${3-}
manifest_user=${4-}
manifest_skip=${5-} manifest_ca=${6-} manifest_certificate=${7-} manifest_key=${8-}

manifest_ctr=$(command -v ctr) || exit 127
# shellcheck disable=SC2154 # set by nm_path_of_root
nm_path_of_root "$manifest_ctr" || {
  echo "$nm_why" >&2
  exit 78
}
set -- content fetch-object
[ "$manifest_way" != plain-http ] || set -- "$@" --plain-http
[ -z "$manifest_folder" ] || set -- "$@" --hosts-dir "$manifest_folder"
[ -z "$manifest_skip" ] || set -- "$@" --skip-verify
[ -z "$manifest_ca" ] || set -- "$@" --tlscacert "$manifest_ca"
[ -z "$manifest_certificate" ] || set -- "$@" --tlscert "$manifest_certificate" --tlskey "$manifest_key"
if [ -z "$manifest_user" ]; then
  exec "$manifest_ctr" "$@" "$manifest_reference" "$manifest_reference" </dev/null
fi
command -v script >/dev/null 2>&1 || exit 125
IFS= read -r manifest_password || :
nm_ctr=$manifest_ctr nm_plain='' nm_hosts='' nm_user=$manifest_user nm_reference=$manifest_reference
[ "$manifest_way" != plain-http ] || nm_plain=--plain-http
[ -z "$manifest_folder" ] || nm_hosts=--hosts-dir=$manifest_folder
nm_skip=${manifest_skip:+--skip-verify} nm_ca=${manifest_ca:+--tlscacert=$manifest_ca}
nm_certificate=${manifest_certificate:+--tlscert=$manifest_certificate} nm_key=${manifest_key:+--tlskey=$manifest_key}
export nm_ctr nm_plain nm_hosts nm_user nm_reference nm_skip nm_ca nm_certificate nm_key
# shellcheck disable=SC2016 # expanded by the shell that script starts
# ctr asks a terminal for the password, so that it is no argument; script(1) gives it one. What the terminal shows goes nowhere. Its
# input stays open as long as ctr runs: older ones of script(1) end with it.
{
  printf '%s\n' "$manifest_password"
  while sleep 1; do
    echo
  done
} 2>/dev/null | SHELL=/bin/sh script -q -c 'stty -echo
"$nm_ctr" content fetch-object $nm_plain ${nm_hosts:+"$nm_hosts"} $nm_skip ${nm_ca:+"$nm_ca"} \
  ${nm_certificate:+"$nm_certificate"} ${nm_key:+"$nm_key"} --user "$nm_user" "$nm_reference" "$nm_reference" >&3 2>&4
echo "nodemend-exit $?" >&4' /dev/null 3>&1 4>&2 >/dev/null 2>&1
