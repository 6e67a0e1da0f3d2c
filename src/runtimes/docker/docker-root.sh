# shellcheck shell=sh disable=SC2034 # who calls reads what it leaves
# nm_docker_root: the folder in which docker keeps its containers, in $nm_docker_root, by the command line of dockerd, else by
# daemon.json, else the usual one. Where others than root have a say in what it is, $nm_root_refused says why and which, and
# $nm_docker_root is a place below which nobody finds a folder: a rule of logrotate works in it as root. Looked for once for all facts.
nm_docker_root() {
  nm_docker_root='' nm_root_refused=''
  # shellcheck disable=SC2154 # set by the prelude
  if [ -s "$nm_scratch/docker-root" ]; then
    { read -r nm_docker_root && read -r nm_root_refused; } <"$nm_scratch/docker-root"
    return 0
  fi
  nm_daemon dockerd
  # shellcheck disable=SC2154 # set by nm_daemon
  [ -z "$nm_found_pid" ] || nm_root_of_options "$nm_found_pid"
  if [ -z "$nm_docker_root" ] && [ -r /etc/docker/daemon.json ]; then
    nm_docker_root=$(sed -n 's/.*"\(data-root\|graph\)"[[:space:]]*:[[:space:]]*"\([^"\\]*\)".*/\2/p' /etc/docker/daemon.json)
  fi
  case $nm_docker_root in /*) ;; *) nm_docker_root=/var/lib/docker ;; esac
  if nm_is_root && ! nm_place_of_root "$nm_docker_root/containers"; then
    # shellcheck disable=SC2154 # set by nm_path_of_root
    nm_root_refused="$nm_why $nm_docker_root"
    nm_docker_root=/dev/null
  fi
  printf '%s\n' "$nm_docker_root" "$nm_root_refused" >"$nm_scratch/docker-root"
}

nm_root_of_options() {
  nm_wanted=''
  nm_words_of "$1"
  # shellcheck disable=SC2154 # set by nm_words_of
  while read -r nm_word; do
    case $nm_wanted$nm_word in
      yes*)
        nm_docker_root=$nm_word
        nm_wanted=''
        ;;
      --data-root | --graph | -g) nm_wanted=yes ;;
      --data-root=* | --graph=* | -g=*) nm_docker_root=${nm_word#*=} ;;
    esac
  done <"$nm_words"
}
