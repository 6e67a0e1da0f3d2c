# shellcheck shell=sh disable=SC2154,SC2034 # prelude.sh, image.sh and what asks the runtime go before it
# Gives the runtime what was received, under a name that nobody asks for:
# import.sh ARGUMENTS... MARK BLOB..., with MARK the digest of what is on standard input: an entry of an archive, and a new one each time
take_arguments "$@"
shift 11

begin_commit "$run" "$session" "$key"
if [ "$phase" != staged ]; then
  conclude already
fi
archive=$action/archive

# The archive is of no more use, and nothing of it has to come again.
note_imported() {
  words=$({ : >"$action/imported"; } 2>&1) || fail write-failed "$words"
  must write-failed rm -f "$archive"
}

require_runtime
end_left_import
read_name "$from"
if [ "$name_digest" = "$digest" ]; then
  find_lacking "$from"
  # An earlier process of the run had come this far.
  if [ -z "$lacking" ]; then
    note_imported
    conclude already
  fi
fi
if [ ! -e "$archive" ]; then
  # It had been imported, and somebody took it away since: the next try has it sent again.
  must write-failed rm -f "$action/imported"
  refuse image-changed "$from: ${name_digest:-absent}"
fi
note_import "$@"
if ! import_archive "$archive" "$platform"; then
  case $words in
    *'no space left on device'*)
      must write-failed rm -f "$archive"
      refuse disk-full "$words"
      ;;
  esac
  fail runtime-client "$words"
fi
read_name "$from"
[ "$name_digest" = "$digest" ] || refuse image-changed "$from: ${name_digest:-absent}"
# What came was hashed by containerd as it wrote it, and what it had before was not written again.
find_unlisted "$from"
# shellcheck disable=SC2086 # one word each
[ -n "$lacking" ] || find_damaged $held
[ -z "$lacking" ] || refuse not-whole "$from: $lacking"
note_imported
say outcome 'done'
