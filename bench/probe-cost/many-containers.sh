#!/bin/sh
# On a node that fixture.sh made: adds Docker containers until there are as many as asked, each with the files that dockerd leaves and five
# old logs, and files in image layers until all under /var/lib/docker and /var/log/pods are as many as asked:
#   many-containers.sh CONTAINERS FILES LOG-BYTES
# No log takes the bytes that it shows: they are sparse but for their first and last line.
set -eu
containers=/var/lib/docker/containers
pods=/var/log/pods
first='{"log":"first\n","stream":"stdout","time":"2026-11-20T00:00:00.000000001Z"}'
last='{"log":"last\n","stream":"stdout","time":"2026-11-25T00:00:00.000000001Z"}'
n=0
while [ "$n" -lt "$1" ]; do
  id=$(printf '%064x' "$((n + 4096))")
  folder=$containers/$id
  mkdir -p "$folder/mounts" "$folder/checkpoints"
  printf '{"LogConfig":{"Type":"json-file","Config":{}},"NetworkMode":"none"}\n' >"$folder/hostconfig.json"
  for own in config.v2.json hostname hosts resolv.conf resolv.conf.hash; do : >"$folder/$own"; done
  for old in 01 02 03 04 05; do printf 'gz' >"$folder/$id-json.log-202611$old-1764000000.gz"; done
  log=$folder/$id-json.log
  echo "$first" >"$log"
  truncate -s "$(($3 - 100 + n))" "$log"
  printf '\n%s\n' "$last" >>"$log"
  chmod 0710 "$folder"
  pod=$pods/shop_app-${n}_00000000-0000-4000-8000-$(printf '%012x' "$n")/app
  mkdir -p "$pod"
  ln -s "$log" "$pod/0.log"
  ln -s "$pod/0.log" "/var/log/containers/app-${n}_shop_app-$id.log"
  n=$((n + 1))
done
have=$(find /var/lib/docker /var/log/pods ! -type d | wc -l)
layer=/var/lib/docker/overlay2/layer/diff
while [ "$have" -lt "$2" ]; do
  mkdir -p "$layer/$((have / 100))"
  : >"$layer/$((have / 100))/$have"
  have=$((have + 1))
done
