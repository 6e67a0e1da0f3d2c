# shellcheck shell=sh disable=SC2154,SC2034 # prelude.sh and what asks the runtime go before it
# Gives the image the name that kubelet asks for: name.sh RUN SESSION KEY SOCKET IMAGE DIGEST ID WAS FROM
run=$1 session=$2 key=$3 socket=$4 image=$5 digest=$6 id=$7 was=$8 from=$9

require_containerd "$socket"
begin_commit "$run" "$session" "$key"
if is_committed; then
  remove_incoming "$from"
  conclude already
fi
read_name "$image"
if [ "$name_digest" = "$digest" ] && { [ "$name_run" = "$run" ] || [ "$was" = "$digest" ]; }; then
  set_phase "$action" committing
elif [ "$name_digest" = "$digest" ] && [ "$phase" = committing ]; then
  # An earlier process of the run made it, and was killed before it could write that down.
  mark_name "$image" "$run"
else
  [ -z "$name_digest" ] || refuse image-changed "$image: $name_digest"
  # A name is given to what it says alone: no runtime looks.
  read_name "$from"
  [ "$name_digest" = "$digest" ] || refuse image-changed "$from: ${name_digest:-absent}"
  set_phase "$action" committing
  if ! add_name "$from" "$image"; then
    read_name "$image"
    [ -n "$name_digest" ] || fail runtime-client "$words"
    # Somebody made it in this moment: it is theirs.
    set_phase "$action" staged
    refuse image-changed "$image: $name_digest"
  fi
  mark_name "$image" "$run"
fi
set_phase "$action" committed
remove_incoming "$from"
say outcome 'done'
