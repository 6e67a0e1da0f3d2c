#!/bin/sh
# A stand-in for grubby of Enterprise Linux 8 and 9 (grubby-bls), which no package that the tests can have brings. Not run on a real
# one: it does what that one's source says of --update-kernel=ALL with --args and --remove-args. An argument of the same name is taken
# out and the new one goes to the end; entries whose options are $kernelopts have theirs in the environment block.
set -eu
entries=/boot/loader/entries
env=/boot/grub2/grubenv
add='' remove=''
for word in "$@"; do
  case $word in
    --help) echo '--no-etc-grub-update' && exit 0 ;;
    --args=*) add=${word#--args=} ;;
    --remove-args=*) remove=${word#--remove-args=} ;;
  esac
done

# edited WORDS…
edited() {
  out=''
  for one in "$@"; do
    case $one in
      "$remove") ;;
      "${add%%=*}="*) [ -n "$add" ] || out="$out $one" ;;
      *) out="$out $one" ;;
    esac
  done
  [ -z "$add" ] || out="$out $add"
  echo "${out# }"
}

set -f
if [ -f "$env" ]; then
  # shellcheck disable=SC2013,SC2046 # words
  line=$(edited $(sed -n 's/^kernelopts=//p' "$env"))
  sed "s|^kernelopts=.*|kernelopts=$line|" "$env" >"$env.tmp"
  cat "$env.tmp" >"$env"
  rm "$env.tmp"
fi
set +f
for path in "$entries"/*; do
  set -f
  entry=${path##*/}
  # shellcheck disable=SC2046 # words
  case $(sed -n 's/^options //p' "$entries/$entry") in
    *\$kernelopts*) continue ;;
    *) line=$(edited $(sed -n 's/^options //p' "$entries/$entry")) ;;
  esac
  sed "s|^options .*|options $line|" "$entries/$entry" >"$entries/.tmp"
  mv "$entries/.tmp" "$entries/$entry"
done
if [ -f /etc/kernel/cmdline ]; then
  # shellcheck disable=SC2046 # words
  edited $(cat /etc/kernel/cmdline) >/etc/kernel/cmdline.tmp
  mv /etc/kernel/cmdline.tmp /etc/kernel/cmdline
fi
