# shellcheck shell=sh
# The images that docker keeps, and which of them containers of kubelet's were made from. One start of docker's client; the containers
# are read of docker's own folder, where their environment stays.
#   no-docker · doubt dockerd <why>     nothing else follows
#   refused <why> <path>                of the client, or of docker's folder
#   no-client                           there is no client; nothing follows but what runs
#   machine <architecture>              as uname names it
#   image <id> <digest> <size> <repository>:<tag>   the size as docker writes it; <none> for what is not there
#   use <containers> container|podsandbox <id>      of running ones
#   ended <containers> container|podsandbox <id>    of those that are there and do not run
docker_images() {
  nm_is_root || return 77
  nm_daemon dockerd
  # shellcheck disable=SC2154 # set by nm_daemon
  if [ -n "$nm_doubt" ]; then
    echo "doubt dockerd $nm_doubt"
    return 0
  fi
  # Whoever listens there was let in by root.
  if [ -z "$nm_found_pid" ] && [ ! -e /var/run/docker.sock ]; then
    echo no-docker
    return 0
  fi
  nm_docker_root
  # shellcheck disable=SC2154 # set by nm_docker_root
  if [ -n "$nm_root_refused" ]; then
    echo "refused $nm_root_refused"
  else
    docker_uses
  fi
  docker_client=$(command -v docker) || docker_client=''
  if [ -z "$docker_client" ]; then
    echo no-client
    return 0
  fi
  # shellcheck disable=SC2154 # set by nm_path_of_root
  if ! nm_path_of_root "$docker_client"; then
    echo "refused $nm_why $docker_client"
    return 0
  fi
  # Nobody's context, host or credentials: this daemon's own socket.
  unset DOCKER_HOST DOCKER_CONTEXT
  # shellcheck disable=SC2154 # set by the prelude
  docker_listed=$(HOME=$nm_scratch DOCKER_CONFIG=$nm_scratch "$docker_client" --host unix:///var/run/docker.sock images --digests --no-trunc \
    --format 'image {{.ID}} {{.Digest}} {{.Size}} {{.Repository}}:{{.Tag}}') || return 1
  nm_machine_is
  [ -z "$docker_listed" ] || echo "$docker_listed"
}

# Of each container's file whether it runs, whose it is, and the last "Image", which is the id: what comes before may be labels.
docker_uses() {
  # shellcheck disable=SC2154 # set by nm_docker_root
  set -- "$nm_docker_root"/containers/*/config.v2.json
  [ -f "$1" ] || return 0
  grep -oHE '"(Image|io\.kubernetes\.docker\.type)":"[^"]*"|"State":\{"Running":(true|false)' -- "$@" | awk '
    {
      file = $0
      sub(/config[.]v2[.]json:.*/, "", file)
      value = $0
      sub(/"$/, "", value)
      sub(/.*[":]/, "", value)
      if ($0 ~ /:"State":/) state[file] = value
      else if ($0 ~ /docker[.]type":/) kinds[file] = value
      else {
        value = $0
        sub(/"$/, "", value)
        sub(/.*"/, "", value)
        images[file] = value
      }
    }
    END {
      for (file in kinds)
        if (kinds[file] ~ /^(container|podsandbox)$/ && images[file] ~ /^sha256:[0-9a-f]+$/)
          uses[(state[file] == "true" ? "use" : "ended") " " kinds[file] " " images[file]]++
      for (use in uses) {
        split(use, words, " ")
        print words[1], uses[use], words[2], words[3]
      }
    }'
}

! nm_is_root || ! nm_lacks_daemon dockerd || [ -e /var/run/docker.sock ] || nm_tell no-docker
section docker/images 8 524288 docker_images
