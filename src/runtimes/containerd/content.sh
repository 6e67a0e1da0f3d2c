# shellcheck shell=sh disable=SC2154 # what registries.sh and images.sh set
# Since when containerd has what it keeps, by its files. Asked only by who lists images.
#   no-containerd · doubt containerd <why>      nothing else follows
#   refused <why> <path>        of a folder of containerd's
#   written <time> <digest>     seconds since the epoch: containerd sets it when the content is whole, and calls it CreatedAt
containerd_content() {
  nm_is_root || return 77
  containerd_keeps || return 0
  # Manifests and configurations; layers are larger, or their time is that of their manifest.
  find "$containerd_root/io.containerd.content.v1.content/blobs/sha256" -type f -size -300 \
    -exec stat -c 'written %Y %n' {} + 2>/dev/null | sed 's| /.*/| sha256:|'
}

section containerd/content 8 1048576 containerd_content
