# shellcheck shell=sh
# Ends the process group "$1" of an earlier script: asks first, insists after a second. Its leader must still carry that run's
# marker "$2" among its arguments, because process ids are used again. (The kill of busybox knows no `-s TERM --`.)
grep -q "$2" "/proc/$1/cmdline" 2>/dev/null </dev/null || exit 0

# timeout passes the signal on to its group. Asked through the group as well, the script would get it twice, and the second one
# would hit what its traps have just started to clean up with.
leader=
{ read -r leader <"/proc/$1/comm"; } 2>/dev/null
if [ "$leader" = timeout ]; then
  kill -TERM "$1" 2>/dev/null
else
  kill -TERM "-$1" 2>/dev/null
fi

for _ in 1 2 3 4 5; do
  # A whole second where sleep knows no fractions.
  sleep 0.2 2>/dev/null || sleep 1
  kill -0 "-$1" 2>/dev/null || exit 0
done
kill -KILL "-$1" 2>/dev/null
exit 0
