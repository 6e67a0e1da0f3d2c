# shellcheck shell=sh
# Goes behind the user script that nodemend_brings prints.

# nodemend_in_image SHA256: has root run it. From a file, because the script's own programs would read it from standard input.
nodemend_in_image() {
  nodemend_file=$(mktemp)
  trap 'rm -f "$nodemend_file"' EXIT
  nodemend_brings >"$nodemend_file"
  nodemend_arrived=$(sha256sum <"$nodemend_file")
  if [ "${nodemend_arrived%% *}" != "$1" ]; then
    echo 'nodemend: stopped: the script is not as it was made: paste it again, whole' >&2
    return 1
  fi
  if [ "$(id -u)" = 0 ]; then
    sh "$nodemend_file" </dev/null
  else
    sudo -n sh "$nodemend_file" </dev/null
  fi
}
