# shellcheck shell=sh
# shellcheck disable=SC2154,SC2034 # variables shared with setup.sh, which sources this
# Part of setup.sh. Takes a package of downloads.txt from the npm registry, or from the cache outside the clone.

# from_registry CAUSE NEXT COMMAND…: runs npm, and fails with the cause where it does. Where the registry is busy or a connection is
# lost it is run again, twice at the most: npm itself asks three times for an answer (fetch-retries), but not for the rest of one that
# was cut off, nor for an address. What npm says is shown each time.
from_registry() {
  cause=$1 next=$2
  shift 2
  npm_said=$(mktemp "$cache/.npm.XXXXXX")
  for pause in 5 15 ''; do
    if "$@" 2>"$npm_said"; then
      rm -f "$npm_said"
      return
    fi
    cat "$npm_said" >&2
    npm_code=$(sed -nE 's/^npm (error|ERR!) code //p' "$npm_said" | head -n 1)
    passes "$npm_code" || break
    [ -z "$pause" ] || {
      say "the npm registry did not come through ($npm_code); trying again in $pause seconds"
      sleep "$pause"
    }
  done
  rm -rf "$npm_said" "${landing:-}"
  ! passes "$npm_code" || fail "the npm registry did not come through, three times ($npm_code)" \
    "try again later; where it never does, check the network and npm's registry and proxy settings: npm config list"
  fail "$cause" "$next"
}

# passes CODE: whether what npm calls so is of the moment. Of HTTP those that npm's own client would try again.
passes() {
  case $1 in
    E408 | E420 | E429 | E5[0-9][0-9]) ;;
    ECONNRESET | ECONNREFUSED | ECONNABORTED | EPIPE | ENETUNREACH | EHOSTUNREACH | EAI_AGAIN) ;;
    ETIMEDOUT | ECONNECTIONTIMEOUT | EIDLETIMEOUT | ERESPONSETIMEOUT | ETRANSFERTIMEOUT | ERR_SOCKET_TIMEOUT) ;;
    ERR_STREAM_PREMATURE_CLOSE | FETCH_ERROR) ;;
    *) return 1 ;;
  esac
}

# pinned NAME: "version integrity" from downloads.txt.
pinned() {
  sed -n "s/^$1  *\([^ ]*\)  *\([^ ]*\) *\$/\1 \2/p" "$root/scripts/downloads.txt"
}

# fetch NAME: sets $fetched to its tarball, from the cache or the registry, its integrity checked either way.
fetch() {
  version=$(pinned "$1" | cut -d' ' -f1)
  integrity=$(pinned "$1" | cut -d' ' -f2)
  [ -n "$integrity" ] || fail "scripts/downloads.txt has no line for $1" 'restore the file: git checkout scripts/downloads.txt'
  mkdir -p "$cache/downloads"
  fetched=$cache/downloads/$1-$version.tgz
  if [ -f "$fetched" ] && intact "$fetched" "$integrity"; then
    return
  fi
  say "downloading $1 $version from the npm registry"
  landing=$(mktemp -d "$cache/downloads/.landing.XXXXXX")
  from_registry "npm could not download $1@$version; its own message is above" \
    "check the network, or npm's registry and proxy settings: npm config list" pack_into "$landing" "$1@$version"
  intact "$landing/$1-$version.tgz" "$integrity" || {
    rm -rf "$landing"
    fail "$1@$version is not what scripts/downloads.txt expects" 'do not use this registry or mirror; its file was changed'
  }
  mv -f "$landing/$1-$version.tgz" "$fetched"
  rm -rf "$landing"
  landing=''
}

pack_into() (
  cd "$1" && "$machine_npm" pack "$2" --loglevel=error >/dev/null
)

# intact FILE INTEGRITY
intact() {
  node -e '
    const sum = require("crypto").createHash("sha512").update(require("fs").readFileSync(process.argv[1])).digest("base64");
    process.exit("sha512-" + sum === process.argv[2] ? 0 : 1);
  ' "$1" "$2"
}
