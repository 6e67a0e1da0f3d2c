# shellcheck shell=sh disable=SC2154 # what registries.sh and images.sh set
# What of the images is unpacked, as containerd itself finds it with the snapshotter that CRI uses: the labels of its content only tell that
# it once was. One start of ctr; asked by who lists images or plans, and by no diagnosis.
#   no-containerd · doubt containerd <why>      nothing else follows
#   refused <why> <path>        of ctr, or of a folder of containerd's; no-client: there is no ctr
#   several                     images may be in one of several snapshotters: not asked
#   image yes|no <digest>       of what a record names
#   ended <exit code>           of ctr, which says no of what it could not find out, and then ends with 1
containerd_unpacked() {
  nm_is_root || return 77
  containerd_keeps || return 0
  containerd_client || return 0
  if ! containerd_snapshotter_is; then
    echo several
    return 0
  fi
  containerd_list=$nm_scratch/containerd-unpacked
  "$containerd_ctr" --address "$containerd_address" --namespace k8s.io images check --snapshotter "$containerd_snapshotter" \
    >"$containerd_list" 2>/dev/null
  containerd_word=$?
  # Behind the last digest of a line no name follows.
  sed -n -e 's/^.* \(sha256:[0-9a-f]*\) .* true *$/image yes \1/p' -e 's/^.* \(sha256:[0-9a-f]*\) .* false *$/image no \1/p' "$containerd_list"
  echo "ended $containerd_word"
}

section containerd/unpacked 8 524288 containerd_unpacked
