#!/bin/sh
# What so many containers leave on a real node of the testbed with containerd 2, and so many images: node-with-containers.sh CONTAINERS IMAGES
# Of three containers, as containerd counts them, one is the sandbox of a pod. One pod runs there already; the others are copies of what it
# left. Real are the cgroups, the mounts, the processes, the files of logs, kubelet's folders and runc's configurations, and that containerd
# itself has the images. Not real is what runs: each container is a `sleep`, in the node's own namespaces, and so is each shim. kubelet is
# stopped where it is, for it would take away what it does not know.
set -eu
systemctl kill --signal STOP kubelet

task=/run/containerd/io.containerd.runtime.v2.task/k8s.io
for file in "$task"/*/config.json; do
  case $(cat "$file") in
    *'"io.kubernetes.cri.container-type":"sandbox"'*) sandbox=$file ;;
    *) container=$file ;;
  esac
done
snapshots=/run/probe-cost-snapshots
mkdir -p "$snapshots/layer" "$snapshots/base"
cp /bin/sleep /usr/local/bin/containerd-shim-runc-v2.stand-in
archives='20261130-000001.gz 20261130-000002.gz 20261130-000003.gz 20261130-000004'

# started PROGRAM CGROUP
started() {
  "$1" 1000000 </dev/null >/dev/null 2>&1 &
  echo "$!" >"/sys/fs/cgroup/memory/kubepods/burstable/$2/cgroup.procs"
}

# container ID CONFIGURATION
container() {
  mkdir -p "$task/$1/rootfs" "$snapshots/$1/fs" "$snapshots/$1/work" "/sys/fs/cgroup/memory/kubepods/burstable/pod$uid/$1"
  cp "$2" "$task/$1/config.json"
  mount -t overlay -o "lowerdir=$snapshots/layer:$snapshots/base,upperdir=$snapshots/$1/fs,workdir=$snapshots/$1/work" overlay "$task/$1/rootfs"
  started sleep "pod$uid/$1"
}

# log NAME ID: what kubelet keeps of a container that has written much
log() {
  mkdir "$pod/$1"
  : >"$pod/$1/0.log"
  for archive in $archives; do : >"$pod/$1/0.log.$archive"; done
  ln -s "$pod/$1/0.log" "/var/log/containers/app-${number}_shop_$1-$2.log"
}

containers=$1 images=$2 number=1
while [ "$number" -lt $((containers / 3)) ]; do
  uid=$(printf '00000000-0000-4000-8000-%012x' "$number")
  pod=/var/log/pods/shop_app-${number}_$uid
  projected=/var/lib/kubelet/pods/$uid/volumes/kubernetes.io~projected/kube-api-access-$number
  mkdir -p "$pod" "$projected"
  mount -t tmpfs -o size=64k tmpfs "$projected"
  container "$(printf 'a%063x' "$number")" "$sandbox"
  for name in app proxy; do
    id=$(printf "${#name}%063x" "$number")
    container "$id" "$container"
    log "$name" "$id"
  done
  started /usr/local/bin/containerd-shim-runc-v2.stand-in "pod$uid"
  number=$((number + 1))
done

# Images of three layers, as docker's archives have them; containerd takes all in one go.
folder=$(mktemp -d /var/tmp/images.XXXXXX)
number=0 listed=''
while [ "$number" -lt "$images" ]; do
  sums='' layers=''
  for layer in 1 2 3; do
    echo "$number $layer" >"$folder/content"
    tar -C "$folder" -cf "$folder/$number-$layer.tar" content
    sum=$(sha256sum <"$folder/$number-$layer.tar")
    sums="$sums,\"sha256:${sum%% *}\""
    layers="$layers,\"$number-$layer.tar\""
  done
  printf '{"architecture":"amd64","os":"linux","config":{},"rootfs":{"type":"layers","diff_ids":[%s]}}' "${sums#,}" >"$folder/$number.json"
  listed="$listed,{\"Config\":\"$number.json\",\"RepoTags\":[\"registry.example.test/app-$number:1\"],\"Layers\":[${layers#,}]}"
  number=$((number + 1))
done
printf '[%s]\n' "${listed#,}" >"$folder/manifest.json"
tar -C "$folder" -cf - . | ctr -n k8s.io images import - >/dev/null
rm -r "$folder"
