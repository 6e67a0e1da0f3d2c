# shellcheck shell=sh
# Prints what the node's runtime has of an image, and changes nothing.
# read-blob.sh blob SOCKET DIGEST FROM BYTES_A_SECOND      a blob of containerd's content store, from a byte on
# read-blob.sh save SOCKET ID 0 BYTES_A_SECOND             an image of dockerd's, as docker save writes it
# BYTES_A_SECOND is 0 where nothing limits it. What a program says is on standard error.
set -u
PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin
export PATH
what=$1 socket=$2 name=$3 from=$4 rate=$5

content() {
  case $what in
    blob) ctr --address "$socket" --namespace k8s.io content get "$name" </dev/null ;;
    save) docker --host "unix://$socket" save "$name" </dev/null ;;
  esac
}

# tail reads a pipe to its end and counts from 1.
skip() {
  if [ "$from" -eq 0 ]; then
    cat
  else
    tail -c "+$((from + 1))"
  fi
}

# A tenth of it each tenth of a second, or a tenth each whole one where sleep knows no fractions: never more than it may be. A pipe's read
# may be short, so blocks are counted and bytes are fewer.
slow() {
  blocks=$((rate / 10 / 4096))
  [ "$blocks" -gt 0 ] || blocks=1
  while :; do
    read_blocks=$(dd bs=4096 count="$blocks" 2>&1 >&3)
    case $read_blocks in
      '0+0 '*) return 0 ;;
    esac
    sleep 0.1 2>/dev/null || sleep 1
  done
} 3>&1

if [ "$rate" -eq 0 ]; then
  content | skip
else
  content | skip | slow
fi
