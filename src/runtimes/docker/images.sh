# shellcheck shell=sh
# The images that docker keeps, and which of them containers of kubelet's were made from. One start of docker's client; the containers
# are read of docker's own folder, where their environment stays.
#   no-docker · doubt dockerd <why>     nothing else follows
#   no-client                           there is none, and nothing else follows
#   refused <why> <path>                of the client, and nothing else follows; or of docker's folder
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
  # shellcheck disable=SC2154 # set by nm_on_path
  if ! nm_on_path docker; then
    echo no-client
    return 0
  fi
  # shellcheck disable=SC2154 # set by nm_path_of_root
  if ! nm_path_of_root "$nm_program"; then
    echo "refused $nm_why $nm_program"
    return 0
  fi
  # Nobody's context, host or credentials: this daemon's own socket.
  unset DOCKER_HOST DOCKER_CONTEXT
  # shellcheck disable=SC2154 # set by the prelude
  docker_list=$(HOME=$nm_scratch DOCKER_CONFIG=$nm_scratch "$nm_program" --host unix:///var/run/docker.sock images --digests --no-trunc \
    --format 'image {{.ID}} {{.Digest}} {{.Size}} {{.Repository}}:{{.Tag}}') || return 1
  nm_machine_is
  [ -z "$docker_list" ] || echo "$docker_list"
  nm_docker_root
  # shellcheck disable=SC2154 # set by nm_docker_root
  if [ -n "$nm_root_refused" ]; then
    echo "refused $nm_root_refused"
    return 0
  fi
  # shellcheck disable=SC2154 # as above
  set -- "$nm_docker_root"/containers/*/config.v2.json
  [ ! -f "$1" ] || docker_uses "$@"
}

# Of each FILE… of a container whether it runs, whose it is, and the last "Image", which is the id: what comes before may be labels. A quote
# in a value of anybody's is escaped. One that is gone by now is nothing.
docker_uses() {
  # shellcheck disable=SC3045 # each sh of Linux has them
  ulimit -S -v 131072 2>/dev/null
  exec awk '
    # What stands between the last of these words and the quote behind it.
    function last_of(name,    at, rest, value) {
      name = "\"" name "\":\""
      rest = line
      while ((at = index(rest, name)) > 0) {
        rest = substr(rest, at + length(name))
        at = index(rest, "\"")
        if (at > 0) value = substr(rest, 1, at - 1)
      }
      return value
    }
    BEGIN {
      for (i = 1; i < ARGC; i++) {
        kind = image = runs = ""
        while ((getline line <ARGV[i]) > 0) {
          found = last_of("io.kubernetes.docker.type")
          if (found != "") kind = found
          found = last_of("Image")
          if (found != "") image = found
          found = index(line, "\"State\":{\"Running\":")
          if (found > 0) runs = substr(line, found + 19, 5)
        }
        close(ARGV[i])
        if (kind ~ /^(container|podsandbox)$/ && image ~ /^sha256:[0-9a-f]+$/)
          uses[(runs ~ /^true/ ? "use" : "ended") " " kind " " image]++
      }
      for (use in uses) {
        split(use, words, " ")
        print words[1], uses[use], words[2], words[3]
      }
    }' "$@"
}

# What it says without having started anything. Whether dockerd runs is told where somebody has looked, for looking takes time.
docker_images_soon() {
  nm_is_root && [ -n "$nm_daemons" ] || return 0
  nm_daemon dockerd
  if [ -n "$nm_doubt" ]; then
    return 0
  elif [ -z "$nm_found_pid" ] && [ ! -e /var/run/docker.sock ]; then
    nm_tell no-docker
  elif ! nm_on_path docker; then
    nm_tell no-client
  fi
}

docker_images_soon
section docker/images 8 524288 docker_images
