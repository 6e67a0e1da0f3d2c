# shellcheck shell=sh disable=SC2154,SC2034 # prelude.sh and what asks the runtime go before it
# Gives the runtime what was received, under a name that nobody asks for:
# import.sh RUN SESSION KEY SOCKET INCOMING DIGEST PLATFORM BLOB...
run=$1 session=$2 key=$3 socket=$4 incoming=$5 digest=$6 platform=$7
shift 7

begin_commit "$run" "$session" "$key"
if [ "$phase" != staged ]; then
  conclude already
fi
archive=$action/archive
require_containerd "$socket"
read_name "$incoming"
if [ "$name_digest" = "$digest" ]; then
  find_lacking "$incoming"
  # An earlier process of the run had come this far.
  if [ -z "$lacking" ]; then
    must write-failed rm -f "$archive"
    conclude already
  fi
fi
held=$(held_blobs "$@") || fail runtime-client "$held"
import_archive "$archive" "$platform"
read_name "$incoming"
[ "$name_digest" = "$digest" ] || refuse image-changed "$incoming: ${name_digest:-absent}"
# What came was hashed by containerd as it wrote it, and what it had before was not written again.
find_unlisted "$incoming"
# shellcheck disable=SC2086 # one word each
[ -n "$lacking" ] || find_damaged $held
[ -z "$lacking" ] || refuse not-whole "$incoming: $lacking"
must write-failed rm -f "$archive"
say outcome 'done'
