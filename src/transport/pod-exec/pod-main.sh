# shellcheck shell=sh
# The main process of nodemend's pod on a node. It lives as long as nodemend feeds it: "$1" is how many seconds of silence it
# bears, /nodemend a folder that it shares with what is run in it. Needs sh, sleep and rm of its image.
#   beat      came since the last look: somebody is there
#   end       nobody will come any more
#   script-*  a script under way, with its process number: it is left to come to its end, which the node itself limits
trap ': >/nodemend/end' TERM INT
cd /nodemend || exit 1

running() {
  for script in script-*; do
    if [ -e "$script" ] && read -r pid <"$script" && kill -0 "$pid" 2>/dev/null; then return 0; fi
  done
  return 1
}

silent=0
while [ "$silent" -lt "$1" ] && [ ! -e end ]; do
  sleep 1 &
  wait "$!"
  if [ -e beat ]; then
    rm -f beat
    silent=0
  else
    silent=$((silent + 1))
  fi
done
while running; do
  sleep 1 &
  wait "$!"
done
exit 0
