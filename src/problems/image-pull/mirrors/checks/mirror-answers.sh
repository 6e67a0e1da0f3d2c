# shellcheck shell=sh
# mirror-answers.sh STAGED PATH URL AUTHORITY: what this node is told at the address where every registry answers; without an account.
# AUTHORITY is a file with certificates, or empty for the system's.
#   no-client · status <number> · challenge <header> · failed <words>
PATH=/usr/sbin:/usr/bin:/sbin:/bin:/usr/local/sbin:/usr/local/bin
LC_ALL=C
export PATH LC_ALL
url=$3
authority=$4

# Runtimes ask a mirror through the proxy of their own unit, which is not that of a shell.
unset http_proxy https_proxy all_proxy HTTP_PROXY HTTPS_PROXY ALL_PROXY
if command -v curl >/dev/null 2>&1; then
  set -- --silent --show-error --max-time 15 --output /dev/null --dump-header -
  [ -z "$authority" ] || set -- "$@" --cacert "$authority"
  said=$(curl "$@" -- "$url" 2>&1) || {
    printf 'failed %s\n' "$(printf '%s' "$said" | grep -a '^curl: ' | head -n 1)"
    exit 0
  }
elif command -v wget >/dev/null 2>&1 && wget --version 2>/dev/null | grep -q '^GNU Wget'; then
  set -- --no-verbose --tries=1 --timeout=15 --max-redirect=0 --server-response --output-document=/dev/null
  [ -z "$authority" ] || set -- "$@" "--ca-certificate=$authority"
  # Its exit code is an error for each status that is none of success; a connection that fails shows no status.
  said=$(wget "$@" -- "$url" 2>&1 | sed 's/^[[:blank:]]*//')
  case $said in
    *HTTP/*) ;;
    *)
      printf 'failed %s\n' "$(printf '%s' "$said" | tail -n 1)"
      exit 0
      ;;
  esac
else
  echo no-client
  exit 0
fi
printf '%s\n' "$said" | tr -d '\r' | sed -n -e 's/^HTTP\/[0-9.]* \([0-9][0-9]*\).*/status \1/p' \
  -e 's/^[Ww][Ww][Ww]-[Aa][Uu][Tt][Hh][Ee][Nn][Tt][Ii][Cc][Aa][Tt][Ee]: *\([A-Za-z]*\).*/challenge \1/p'
