# shellcheck shell=sh
# How docker's daemon was started, and its configuration file: what runtimes/docker/daemon-probe.sh prints, or
#   no-docker · doubt dockerd <why>                 nothing else follows
docker_daemon() {
  nm_is_root || return 77
  nm_daemon dockerd
  # shellcheck disable=SC2154 # set by nm_daemon
  if [ -n "$nm_doubt" ]; then
    echo "doubt dockerd $nm_doubt"
    return 0
  fi
  # shellcheck disable=SC2154 # set by nm_daemon
  docker_pid=$nm_found_pid
  if [ -z "$docker_pid" ]; then
    nm_docker_root
    # shellcheck disable=SC2154 # set by nm_docker_root
    if [ ! -d "$nm_docker_root/containers" ]; then
      echo no-docker
      return 0
    fi
  fi
  nm_docker_daemon "$docker_pid"
}

# The section before it has looked.
# shellcheck disable=SC2154 # set by the prelude
! nm_is_root || [ ! -e "$nm_scratch/no-docker" ] || ! nm_lacks_daemon dockerd || nm_tell no-docker
section docker/daemon 5 131072 docker_daemon
