# shellcheck shell=sh disable=SC2154,SC2034 # engine/user-script/prelude.sh and actions/file/place.sh go before it
# Where a new node's containerd pulls from, before it joins: image_pull_bootstrap FILES
# FILES holds the files, each behind a line "== PATH". Which of them a node reads is decided by its containerd: NKS merges its own
# registry-config.json into the configuration of containerd 1 (Kubernetes before 1.34), containerd 2.2 looks for hosts.toml files.

image_pull_bootstrap() {
  image_pull_files=$1
  image_pull_version=$(bounded containerd --version 2>/dev/null | sed -n 's/^.* v\{0,1\}\([0-9][0-9]*\)\.[0-9].*$/\1/p' | head -n 1) || :
  image_pull_paths=$(sed -n 's/^== //p' "$image_pull_files")
  for image_pull_path in $image_pull_paths; do
    case $image_pull_version:$image_pull_path in
      1:*/hosts.toml | [2-9]*:*/registry-config.json) continue ;;
    esac
    awk -v path="$image_pull_path" '/^== / { isIn = $2 == path; next } isIn { print }' "$image_pull_files" >"$nodemend_scratch/image-pull-file"
    image_pull_put "$nodemend_scratch/image-pull-file" "$image_pull_path"
  done
  [ -n "$image_pull_version" ] || tell 'containerd is not installed yet, so its version decides later which of the files is read'
}

# image_pull_put FILE PATH: what somebody else has put there stays.
image_pull_put() {
  image_pull_sum=$(sha256sum <"$1")
  image_pull_wanted="file ${image_pull_sum%% *} 644 0 0"
  find_place "$2" make
  case $(state_of "$target") in
    "$image_pull_wanted")
      tell "$target is as it should be; nothing was written"
      return 0
      ;;
    absent) ;;
    *) refuse "$target already exists and is not from nodemend" 'add the mirror to it' ;;
  esac
  must write-failed mkdir -p "$folder"
  stage_target "$1" "$image_pull_wanted"
  commit_target
  tell "$target was written"
}
