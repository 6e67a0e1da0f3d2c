# shellcheck shell=sh disable=SC2154,SC2034 # prelude.sh, image.sh and what asks the runtime go before it
# Gives the image the name that kubelet asks for: name.sh ARGUMENTS...
take_arguments "$@"

require_runtime
begin_commit "$run" "$session" "$key"
if is_committed; then
  conclude already
fi
read_name "$image"
if [ "$name_digest" = "$digest" ] && { [ "$name_run" = "$run" ] || [ "$was" = "$digest" ]; }; then
  set_phase "$action" committing
elif [ "$name_digest" != "$digest" ] || [ "$phase" != committing ]; then
  [ -z "$name_digest" ] || refuse image-changed "$image: $name_digest"
  # A name is given to whatever it is: no runtime compares digests.
  read_name "$from"
  [ "$name_digest" = "$digest" ] || refuse image-changed "$from: ${name_digest:-absent}"
  set_phase "$action" committing
  if ! add_name "$from" "$image"; then
    # Somebody made it in this moment: it is theirs. A client that failed otherwise may have made it all the same, which an undo takes back.
    case $words in
      *'already exists'*) ;;
      *) fail runtime-client "$words" ;;
    esac
    read_name "$image"
    set_phase "$action" staged
    refuse image-changed "$image: $name_digest"
  fi
fi
# One that an earlier process of the run made, and was killed before it could say so, is marked as well.
mark_name
drop_incoming
set_phase "$action" committed
say outcome 'done'
