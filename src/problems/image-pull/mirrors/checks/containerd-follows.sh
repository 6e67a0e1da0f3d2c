# shellcheck shell=sh disable=SC2034,SC2154 # path-of-root.sh and daemon.sh go before it
# containerd-follows.sh [STAGED PATH] CONFIG_PATH: whether the containerd that runs looks for folders of registries there.
#   no-containerd · doubt containerd <why> · no-crictl · failed · untold · same · other <folders>        by what its CRI plugin says of itself
PATH=/usr/sbin:/usr/bin:/sbin:/bin:/usr/local/sbin:/usr/local/bin:/opt/cni/bin:/opt/bin
LC_ALL=C
export PATH LC_ALL

nm_scratch=''
nm_daemon containerd
if [ -n "$nm_doubt" ]; then
  echo "doubt containerd $nm_doubt"
  exit 0
fi
if [ -z "$nm_found_pid" ]; then
  echo no-containerd
  exit 0
fi
if ! command -v crictl >/dev/null 2>&1; then
  echo no-crictl
  exit 0
fi
said=$(timeout 20 crictl -r unix:///run/containerd/containerd.sock info 2>/dev/null) || {
  echo failed
  exit 0
}
# Whether it stands behind other arguments or not, it is the last one.
for wanted; do :; done
# The whole of it is the plugin's configuration, whose other parts may hold secrets.
path=$(printf '%s\n' "$said" | sed -n 's/^[[:blank:]]*"configPath":[[:blank:]]*"\([^"]*\)".*$/\1/p' | head -n 1)
case $said in
  *'"configPath"'*)
    if [ "$path" = "$wanted" ]; then echo same; else echo "other $path"; fi
    ;;
  *) echo untold ;;
esac
