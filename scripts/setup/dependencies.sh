# shellcheck shell=sh
# shellcheck disable=SC2154,SC2034 # variables shared with setup.sh, which sources this
# Part of setup.sh. npm packages, exactly as package-lock.json has them.

# npm runs under the Node that will use the packages: under an older one it silently leaves out native bindings whose
# engines field it does not meet, and the tools then fail in odd ways. No package's install script is run: none is needed.
setup_dependencies() {
  laid=node_modules/.nodemend-lock
  if cmp -s package-lock.json "$laid"; then
    return
  fi
  say 'installing the npm packages of package-lock.json'
  from_registry 'npm ci failed; its own message is above' \
    "check the network, or npm's registry and proxy settings: npm config list" npm_ci
  cp package-lock.json "$laid.new"
  mv "$laid.new" "$laid"
}

npm_ci() (
  # What an outer `npm run` exports about itself is not meant for this npm.
  unset npm_config_user_agent npm_config_npm_version npm_config_node_gyp npm_config_init_module \
    npm_config_prefix npm_config_global_prefix npm_config_local_prefix npm_execpath npm_node_execpath
  PATH=$(dirname "$node"):$PATH
  export PATH
  "$node" "$npm_cli" ci --ignore-scripts --no-audit --no-fund --loglevel=error
)
