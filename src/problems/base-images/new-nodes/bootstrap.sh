# shellcheck shell=sh disable=SC2154 # engine/user-script/prelude.sh and actions/file/place.sh go before it
# A new node's base images, from the registry of its own network, before its first pod: base_images_bootstrap CONTENT
# CONTENT holds load-images.sh and its list, each behind a line "== NAME". Both are kept on the node. Where no runtime answers yet, as
# before the node joins, systemd tries until one does.

base_images_bootstrap() {
  base_images_home=/var/lib/nodemend/user-script
  for base_images_name in load-images.sh base-images; do
    awk -v name="$base_images_name" '/^== / { isIn = $2 == name; next } isIn { print }' "$1" >"$nodemend_scratch/base-images-file"
    base_images_keep "$nodemend_scratch/base-images-file" "$base_images_home/$base_images_name"
  done
  set -- sh "$base_images_home/load-images.sh" "$base_images_home/base-images"
  base_images_code=0
  base_images_words=$("$@" 2>&1) || base_images_code=$?
  case $base_images_code in
    0) ;;
    75)
      base_images_later "$@"
      return 0
      ;;
    *) refuse "$(printf '%s' "$base_images_words" | tr '\n' ';')" ;;
  esac
  printf '%s\n' "$base_images_words" | while IFS= read -r base_images_line; do
    [ -z "$base_images_line" ] || tell "$base_images_line"
  done
}

# base_images_keep FILE PATH: what nodemend put there before is replaced.
base_images_keep() {
  base_images_sum=$(sha256sum <"$1")
  (umask 077 && mkdir -p "${2%/*}") || refuse write-failed "${2%/*}"
  find_place "$2" make
  [ "$(state_of "$target")" != "file ${base_images_sum%% *} 600 0 0" ] || return 0
  stage_target "$1" "file ${base_images_sum%% *} 600 0 0"
  commit_target
}

# A service that is gone with the boot that it ran in. systemd's own limit of five starts in ten seconds is not reached at one in five.
base_images_later() {
  [ -d /run/systemd/system ] || refuse 'no container runtime answers' 'run the script again once it does'
  base_images_unit=nodemend-base-images
  if systemctl is-active --quiet "$base_images_unit" 2>/dev/null; then
    tell "$base_images_unit is at it already"
    return 0
  fi
  must start-failed systemd-run --quiet --collect --no-block --unit="$base_images_unit" \
    --property=Restart=on-failure --property=RestartSec=5 --property=RuntimeMaxSec=3600 "$@"
  tell "no container runtime answers yet; $base_images_unit loads them once one does: journalctl -u $base_images_unit"
}
