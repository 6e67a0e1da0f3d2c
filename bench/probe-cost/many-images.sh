#!/bin/sh
# A node with so many containers and images of containerd: many-images.sh CONTAINERS IMAGES
# ctr is a stand-in that prints a list; what the real one costs is its own.
set -eu
task=/run/containerd/io.containerd.runtime.v2.task/k8s.io
blobs=/var/lib/containerd/io.containerd.content.v1.content/blobs/sha256
mkdir -p "$task" "$blobs" /usr/local/fakes
rm -f /usr/bin/ctr /usr/bin/docker /usr/local/bin/docker
# As large as runc's configuration of a pod's container is.
filler=$(head -c 12000 /dev/zero | tr '\0' x)
index=0
while [ "$index" -lt "$1" ]; do
  mkdir "$task/$index"
  printf '{"process":{"env":["X=%s"]},"annotations":{"io.kubernetes.cri.container-type":"container","io.kubernetes.cri.image-name":"registry.example.test/app-%s:1"}}' \
    "$filler" "$((index % $2))" >"$task/$index/config.json"
  index=$((index + 1))
done
echo 'REF TYPE DIGEST SIZE PLATFORMS LABELS' >/srv/images
index=0
while [ "$index" -lt "$2" ]; do
  layers=''
  for layer in 1 2 3 4 5 6 7; do
    digest=$(echo "$index $layer" | sha256sum)
    : >"$blobs/${digest%% *}"
    layers="$layers,{\"mediaType\":\"application/vnd.oci.image.layer.v1.tar+gzip\",\"digest\":\"sha256:${digest%% *}\",\"size\":1234567}"
  done
  digest=$(echo "$index" | sha256sum)
  config=${digest%% *}
  : >"$blobs/$config"
  printf '{"schemaVersion":2,"config":{"mediaType":"application/vnd.oci.image.config.v1+json","digest":"sha256:%s","size":4000},"layers":[%s]}' \
    "$config" "${layers#,}" >/srv/manifest
  digest=$(sha256sum </srv/manifest)
  digest=${digest%% *}
  mv /srv/manifest "$blobs/$digest"
  for name in "registry.example.test/app-$index:1" "registry.example.test/app-$index@sha256:$digest" "sha256:$config"; do
    echo "$name application/vnd.oci.image.manifest.v1+json sha256:$digest 8.2 MiB linux/amd64 io.cri-containerd.image=managed "
  done >>/srv/images
  index=$((index + 1))
done
# containerd has them in the order of their names' bytes.
{
  head -n 1 /srv/images
  tail -n +2 /srv/images | LC_ALL=C sort
} >/srv/sorted
mv /srv/sorted /srv/images
# One program, as the real one is: the shell prints it by itself.
{
  echo '#!/bin/sh'
  echo "echo '$(cat /srv/images)'"
} >/usr/bin/ctr
chmod 0755 /usr/bin/ctr
# Another one may stand for the daemon already.
if ! grep -qsx containerd /proc/[0-9]*/comm; then
  printf '#!/bin/sh\nsleep 3600 & wait\n' >/usr/local/fakes/containerd
  chmod 0755 /usr/local/fakes/containerd
  /usr/local/fakes/containerd </dev/null >/dev/null 2>&1 &
fi
while ! grep -qsx containerd /proc/[0-9]*/comm; do sleep 0.01; done
