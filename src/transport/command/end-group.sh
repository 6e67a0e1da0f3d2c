# shellcheck shell=sh
# Ends the process group "$1" of an earlier script: asks first, insists after a second. Its leader must still carry that run's
# marker "$2" among its arguments, because process ids are used again.
grep -q "$2" "/proc/$1/cmdline" 2>/dev/null </dev/null || exit 0
kill -s TERM -- "-$1" 2>/dev/null
for _ in 1 2 3 4 5; do
  # A whole second where sleep knows no fractions.
  sleep 0.2 2>/dev/null || sleep 1
  kill -s 0 -- "-$1" 2>/dev/null || exit 0
done
kill -s KILL -- "-$1" 2>/dev/null
exit 0
