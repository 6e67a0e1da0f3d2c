# shellcheck shell=sh disable=SC2154,SC2034 # prelude.sh and unit.sh go before it
# Removes exactly the links that enabling the unit made, and the folders made for them: undo-enable.sh RUN SESSION KEY UNIT
# systemctl disable would remove those as well that were there before. May be run again after it was cut short.
run=$1 session=$2 key=$3 unit=$4

begin_undo "$run" "$session" "$key"
if [ "$phase" = staged ]; then
  forget_action
  conclude already
fi

require_systemd
unit_links "$(cat "$action/units")" | grep -vxF -f "$action/links" >"$action/made.new" || :
made=no folders=''
while IFS= read -r link; do
  if [ -L "$link" ]; then
    made=yes
    set_phase "$action" undoing
    must write-failed rm -f "$link"
  else
    folders="$folders $link"
  fi
done <"$action/made.new"
rm -f "$action/made.new"
for folder in $folders; do
  # Another unit's link may be in it by now.
  rmdir "$folder" 2>/dev/null || :
done
if [ "$made" = yes ] || [ "$(phase_of "$action")" = undoing ]; then
  must systemctl systemctl daemon-reload
fi
set_phase "$action" undone
[ "$made" = yes ] || conclude already
say outcome 'done'
