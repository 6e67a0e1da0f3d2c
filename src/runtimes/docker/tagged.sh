# shellcheck shell=sh
# When docker's images were last tagged on this node, from docker's own folder. No client is started; asked only by who lists images.
#   no-docker · doubt dockerd <why>     nothing else follows
#   refused <why> <path>                docker's folder was not looked into
#   tagged <id> <time>                  what `docker image inspect` shows as LastTagTime, RFC 3339
docker_tagged() {
  nm_is_root || return 77
  nm_daemon dockerd
  # shellcheck disable=SC2154 # set by nm_daemon
  if [ -n "$nm_doubt" ]; then
    echo "doubt dockerd $nm_doubt"
    return 0
  fi
  if [ -z "$nm_found_pid" ]; then
    echo no-docker
    return 0
  fi
  nm_docker_root
  # shellcheck disable=SC2154 # set by nm_docker_root
  if [ -n "$nm_root_refused" ]; then
    echo "refused $nm_root_refused"
    return 0
  fi
  # shellcheck disable=SC2154 # set by nm_docker_root
  set -- "$nm_docker_root"/image/*/imagedb/metadata/sha256/*/lastUpdated
  [ -f "$1" ] || return 0
  # The file ends without a newline.
  grep -HoE '^[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9:.]+(Z|[+-][0-9:]{5})$' -- "$@" |
    sed -n 's|^/.*/sha256/\([0-9a-f]*\)/lastUpdated:|tagged sha256:\1 |p'
}

section docker/tagged 8 262144 docker_tagged
