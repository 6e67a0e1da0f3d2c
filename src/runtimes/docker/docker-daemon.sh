# shellcheck shell=sh
# How docker's daemon was started, and its configuration file: what runtimes/docker/daemon-probe.sh prints, or
#   no-docker · doubt dockerd <why>                 nothing else follows
docker_daemon() {
  nm_is_root || return 77
  # shellcheck disable=SC2154 # set by the prelude
  read -r docker_root <"$nm_scratch/docker-root" || docker_root=/var/lib/docker
  nm_daemon dockerd
  # shellcheck disable=SC2154 # set by nm_daemon
  if [ -n "$nm_doubt" ]; then
    echo "doubt dockerd $nm_doubt"
    return 0
  fi
  if [ -z "$nm_found_pid" ] && [ ! -d "$docker_root/containers" ]; then
    echo no-docker
    return 0
  fi
  nm_docker_daemon "$nm_found_pid"
}

section docker/daemon 5 131072 docker_daemon
