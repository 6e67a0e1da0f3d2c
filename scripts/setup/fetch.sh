# shellcheck shell=sh
# shellcheck disable=SC2154,SC2034 # variables shared with setup.sh, which sources this
# Part of setup.sh. Takes a package of downloads.txt from the npm registry, or from the cache outside the clone.

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
  (cd "$landing" && "$machine_npm" pack "$1@$version" --silent >/dev/null) || fail_fetch "$landing" \
    "npm could not download $1@$version" "check the network, or npm's registry and proxy settings: npm config list"
  intact "$landing/$1-$version.tgz" "$integrity" || fail_fetch "$landing" \
    "$1@$version is not what scripts/downloads.txt expects" 'do not use this registry or mirror; its file was changed'
  mv -f "$landing/$1-$version.tgz" "$fetched"
  rm -rf "$landing"
}

fail_fetch() {
  rm -rf "$1"
  fail "$2" "$3"
}

# intact FILE INTEGRITY
intact() {
  node -e '
    const sum = require("crypto").createHash("sha512").update(require("fs").readFileSync(process.argv[1])).digest("base64");
    process.exit("sha512-" + sum === process.argv[2] ? 0 : 1);
  ' "$1" "$2"
}
