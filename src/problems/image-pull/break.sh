#!/bin/sh
# Injects a fault of image-pull into a node of the lab or of the testbed: break.sh FAULT. Faults that are pods are in cluster-faults.ts.
# Runs as root inside the node's root. The same fault twice leaves the node as once. Prints what it did. On a node that cannot have
# the fault it does nothing and ends with 69 (EX_UNAVAILABLE of sysexits.h).
set -eu
PATH=/usr/sbin:/usr/bin:/sbin:/bin
LC_ALL=C
export PATH LC_ALL
umask 022
fault=${1:-resolve-missing}
config=/etc/containerd/config.toml
folder=/etc/containerd/certs.d/registry.example.test
table='[plugins."io.containerd.grpc.v1.cri".registry]'

unable() {
  printf '%s\n' "$*" >&2
  exit 69
}

# Containerd has to look for folders of registries, or it has to be told to.
follow() {
  if grep -qs config_path "$config"; then return 0; fi
  mkdir -p "${config%/*}"
  [ -e "$config" ] || echo 'version = 2' >"$config"
  printf '%s\n  config_path = "/etc/containerd/certs.d"\n' "$table" >>"$config"
  echo "wrote config_path into $config"
}

# hosts, content on standard input
hosts() {
  mkdir -p "$folder"
  cat >"$folder/hosts.toml"
  echo "wrote $folder/hosts.toml"
}

grep -qsx containerd /proc/[0-9]*/comm || unable 'containerd does not run here'
case $fault in
  resolve-missing)
    follow
    printf '[host."https://mirror.example.test"]\n  capabilities = ["pull"]\n' | hosts
    ;;
  override-path-missing)
    follow
    printf '[host."https://harbor.example.test/v2/cache"]\n  capabilities = ["pull", "resolve"]\n' | hosts
    ;;
  certificate-missing)
    follow
    printf '[host."https://mirror.example.test"]\n  capabilities = ["pull", "resolve"]\n  ca = "nosuch.crt"\n' | hosts
    ;;
  hosts-ignored)
    ! grep -qs config_path "$config" || unable "containerd looks for folders of registries here ($config)"
    printf '[host."https://mirror.example.test"]\n  capabilities = ["pull", "resolve"]\n' | hosts
    ;;
  mirrors-conflict)
    follow
    if ! grep -qs 'registry.mirrors' "$config"; then
      # Beside the table that there is, so that both are of one plugin.
      name=$(sed -n 's/^[[:blank:]]*\(\[plugins\..*\.registry\)\][[:blank:]]*$/\1/p' "$config" | head -n 1)
      [ -n "$name" ] || unable "$config has no table of registries of its own"
      printf '%s.mirrors."registry.example.test"]\n  endpoint = ["https://mirror.example.test"]\n' "$name" >>"$config"
    fi
    echo "wrote the old table of mirrors into $config"
    ;;
  *)
    echo "no fault is called $fault" >&2
    exit 2
    ;;
esac
