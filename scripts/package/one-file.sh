#!/bin/sh
# nodemend @version@ for Linux @arch@: this text, and behind it Node and nodemend as a compressed archive. The first start
# unpacks them into a cache folder of this user; later starts only run what is there. The folder may be deleted at any time.
set -eu

# kubectl starts its plugins by such a name, and help says how one was called.
[ "${0##*/}" != kubectl-nodemend ] || export NODEMEND_CALLED_AS=kubectl-nodemend

version='@version@'
arch='@arch@'
id='@id@'
size=@size@

case ${LC_ALL:-${LC_MESSAGES:-${LANG:-}}} in
  ko*) korean=1 ;;
  *) korean=0 ;;
esac

# fail CAUSE NEXT CAUSE-IN-KOREAN NEXT-IN-KOREAN
fail() {
  if [ "$korean" = 1 ]; then
    printf 'nodemend: %s\n  다음: %s\n' "$3" "$4" >&2
  else
    printf 'nodemend: %s\n  next: %s\n' "$1" "$2" >&2
  fi
  exit 2
}

# Root keeps it where only root can write; anybody else in the own cache folder.
if [ -n "${NODEMEND_UNPACK:-}" ]; then
  base=$NODEMEND_UNPACK
elif [ "$(id -u)" = 0 ]; then
  base=/var/cache/nodemend
else
  base=${XDG_CACHE_HOME:-${HOME:-/nonexistent}/.cache}/nodemend
fi
case $base in
  /*) ;;
  *) base=$PWD/$base ;;
esac
me=$(id -u)

no_folder() {
  fail "cannot unpack into $base" 'name a folder that you can write to and run programs from: NODEMEND_UNPACK=/path nodemend …' \
    "$base 폴더에 압축을 풀 수 없습니다." '쓰기와 실행이 가능한 폴더를 지정하세요: NODEMEND_UNPACK=/경로 nodemend …'
}

fail_glibc() {
  fail "this machine's C library is not glibc 2.28 or newer, which the Node inside needs." \
    'run nodemend on a newer machine (Debian 10, Ubuntu 18.10, RHEL 8 or later): it reaches old nodes over SSH and installs nothing there' \
    '이 시스템의 C 라이브러리가 glibc 2.28 이상이 아니어서 안에 든 Node를 실행할 수 없습니다.' \
    '더 새로운 시스템(Debian 10, Ubuntu 18.10, RHEL 8 이상)에서 실행하세요. 오래된 노드에는 SSH로 접속하며 아무것도 설치하지 않습니다.'
}

# The dynamic loader has the last word on what Node needs, so it is asked, not guessed.
check_node() {
  words=$("$1/node" -e 0 2>&1) && return
  rm -rf "$1"
  case $words in
    *GLIBC_2*) fail_glibc ;;
    *libstdc++* | *libgcc_s*)
      fail 'libstdc++ (libstdc++.so.6), which the Node inside needs, is missing here or too old.' \
        'install it: apt-get install libstdc++6, or: dnf install libstdc++' \
        '안에 든 Node가 쓰는 libstdc++(libstdc++.so.6)가 없거나 너무 오래되었습니다.' '설치하세요: apt-get install libstdc++6 또는 dnf install libstdc++' ;;
    *'not found'* | *'No such file'*) fail_glibc ;;
    *'ermission denied'*) no_folder ;;
    *)
      fail "the Node inside does not start: $words" 'run nodemend on another machine, or install it with npm' \
        "안에 든 Node가 시작되지 않습니다: $words" '다른 시스템에서 실행하거나 npm으로 설치하세요.' ;;
  esac
}

unpack() {
  case $(uname -s)/$(uname -m)/$arch in
    Linux/x86_64/x64 | Linux/aarch64/arm64) ;;
    *)
      fail "this file is for Linux on $arch, and this is $(uname -s) on $(uname -m)." "download nodemend's file for this machine, or install it with npm" \
        "이 파일은 $arch Linux용인데 이 시스템은 $(uname -m) $(uname -s)입니다." '이 시스템에 맞는 파일을 받거나 npm으로 설치하세요.' ;;
  esac
  top=$base
  while [ -n "$top" ] && [ ! -d "$top" ]; do top=${top%/*}; done
  only_ours "${top:-/}"
  # shellcheck disable=SC2174 # parents as the user's umask has them, the folder itself for nobody else
  mkdir -p -m 0755 "$base" 2>/dev/null || no_folder
  settle
  fresh=$(mktemp -d "$base/.unpacking.XXXXXX" 2>/dev/null) || no_folder
  trap 'rm -rf "$fresh"' EXIT
  trap 'exit 130' INT
  trap 'exit 143' TERM
  # The archive's last entry tells that it arrived whole.
  if ! tail -c "$size" "$0" | gzip -dc 2>/dev/null | tar -x -f - -C "$fresh" 2>/dev/null || [ ! -e "$fresh/complete" ]; then
    fail "this file is damaged, or the disk under $base is full." 'check the disk (df), and the file with its .sha256' \
      "파일이 손상되었거나 $base 의 디스크가 가득 찼습니다." '디스크(df)를 확인하고, 파일을 .sha256과 비교하세요.'
  fi
  check_node "$fresh"
  chmod 0755 "$fresh"
  # Another start may have been quicker; then its folder stays.
  mv "$fresh" "$app" 2>/dev/null || [ -e "$app/complete" ] || no_folder
  # When the folder was there already, mv put ours inside it.
  rm -rf "${app:?}/${fresh##*/}"
  trap - EXIT INT TERM
  rm -rf "$fresh"
}

# changeable FOLDER EXPRESSION…: the folders from / down to FOLDER, which has no links on its way, that somebody other than
# root and this user could change. A folder like /tmp, where nobody can move what others own, is none; nor is what
# EXPRESSION finds.
changeable() {
  rest=${1#/}
  shift
  ours="$*"
  at=
  set -- /
  while [ -n "$rest" ]; do
    at=$at/${rest%%/*}
    set -- "$@" "$at"
    case $rest in
      */*) rest=${rest#*/} ;;
      *) rest= ;;
    esac
  done
  # shellcheck disable=SC2086 # words of find
  find "$@" -prune ! \( \( -user 0 -o -user "$me" \) \( -perm -1000 -o ! -perm -0002 \( ! -perm -0020 $ours \) \) \) 2>/dev/null || echo "$at"
}

# The group of this user, where nobody else is in it: with a umask of 002 it may write to the home.
own_group() {
  [ "$(id -gn 2>/dev/null)" = "$(id -un 2>/dev/null)" ] || return 0
  while IFS=: read -r name _ number members; do
    [ "$name" = "$(id -un)" ] || continue
    case $members in
      '' | "$name") echo "$number" ;;
    esac
  done </etc/group 2>/dev/null || :
}

# only_ours FOLDER: who can change a folder on the way to what is run decides what we run.
only_ours() {
  way=$(cd -P -- "$1" 2>/dev/null && pwd -P) || no_folder
  bad=$(changeable "$way")
  [ -z "$bad" ] && return
  group=$(own_group)
  [ -z "$group" ] || bad=$(changeable "$way" -o -group "$group")
  [ -z "$bad" ] && return
  bad=${bad%%
*}
  fail "others than this user could change $bad, and with it what is run." \
    'take that away (chmod go-w), or name a folder of yours: NODEMEND_UNPACK=/path nodemend …' \
    "다른 사용자가 $bad 폴더를 바꿀 수 있어 실행되는 내용도 바꿀 수 있습니다." '쓰기 권한을 거두거나(chmod go-w) 본인 소유 폴더를 지정하세요: NODEMEND_UNPACK=/경로 nodemend …'
}

# Where the folder really is, once it is sure that nobody else can change that.
settle() {
  only_ours "$base"
  base=$way
  app=$base/app-$version-$id
}

# Nobody else may have made it, as could be in a folder like /tmp.
trusted() {
  [ -n "$(find "$app" -prune -user "$me" ! -perm -0002 ! -perm -0020 2>/dev/null)" ] ||
    fail "$app does not belong to this user alone." 'delete it, or name another folder: NODEMEND_UNPACK=/path nodemend …' \
      "$app 폴더가 이 사용자만의 것이 아닙니다." '폴더를 지우거나 다른 폴더를 지정하세요: NODEMEND_UNPACK=/경로 nodemend …'
}

app=
[ ! -d "$base" ] || settle
if [ -z "$app" ] || [ ! -e "$app/complete" ]; then unpack; fi
trusted
# A schedule starts this file, not what was unpacked from it.
case $0 in
  /*) NODEMEND_FILE=$0 ;;
  *) NODEMEND_FILE=$PWD/$0 ;;
esac
export NODEMEND_FILE
# As in bin/nodemend.
exec "$app/node" --max-semi-space-size=16 "$app/dist/main.js" "$@"
