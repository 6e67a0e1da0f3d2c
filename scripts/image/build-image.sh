#!/bin/sh
# Builds the image with buildah and writes it as an OCI layout: build-image.sh CONTEXT CONTAINERFILE NAME VERSION TIMESTAMP SCRATCH
# Runs in mount and network namespaces of its own: what buildah keeps for the machine (its cache of blobs, its locks) ends with them,
# and nothing can be pulled. Its settings are here, whatever those of the machine say.
set -eu
context=$1
containerfile=$2
name=$3
version=$4
timestamp=$5
scratch=$6

for folder in /var/lib /run; do
  mount -t tmpfs -o mode=0755 nodemend-image "$folder"
done
mkdir -p "$scratch/tmp"
printf '[storage]\ndriver = "vfs"\n' >"$scratch/storage.conf"
printf '{"default":[{"type":"insecureAcceptAnything"}]}\n' >"$scratch/policy.json"
# buildah 1.33 and newer (Debian 13) looks for netavark before it does anything. Nothing is run in this image, so no network is set up:
# that there is such a program is all it asks.
mkdir "$scratch/helpers"
printf '#!/bin/sh\nexit 1\n' >"$scratch/helpers/netavark"
chmod 755 "$scratch/helpers/netavark"
printf '[engine]\nhelper_binaries_dir = ["%s"]\n' "$scratch/helpers" >"$scratch/containers.conf"
export TMPDIR="$scratch/tmp" HOME="$scratch" XDG_RUNTIME_DIR="$scratch/tmp"
export CONTAINERS_CONF="$scratch/containers.conf" CONTAINERS_REGISTRIES_CONF=/dev/null CONTAINERS_STORAGE_CONF="$scratch/storage.conf"

# vfs copies where overlay would stack: slower, and it works on every file system, another overlay included.
run_buildah() {
  buildah --storage-driver vfs --root "$scratch/root" --runroot "$scratch/run" "$@"
}

# chroot: a container of its own would need more of the kernel, and nothing is run in it. The label of buildah's own version
# would make another image of the same files.
run_buildah build --quiet --isolation chroot --pull-never --layers --identity-label=false --timestamp "$timestamp" --format oci \
  --signature-policy "$scratch/policy.json" --build-arg "VERSION=$version" --file "$containerfile" --tag "$name" "$context"
run_buildah push --quiet --signature-policy "$scratch/policy.json" "$name" "oci:$scratch/oci:$name"
