# shellcheck shell=sh
# Which container runtimes run, and what kubelet was told to use. Of command lines and of daemon.json only the options that are
# looked for are printed: both may hold secrets.
#   process <name> <pid> · doubt <name> <why> · kubelet-option|dockerd-option <option> · kubelet-config|docker-config <line>
#   docker-root <path> · refused <why> <path>
running_daemons() {
  running_docker_root=''
  running_endpoint=''
  nm_find_daemons
  for running_name in dockerd containerd kubelet crio cri-dockerd; do
    nm_daemon "$running_name"
    # shellcheck disable=SC2154 # set by nm_daemon
    if [ -n "$nm_doubt" ]; then
      echo "doubt $running_name $nm_doubt"
    elif [ -n "$nm_found_pid" ]; then
      running_options "$running_name" "$nm_found_pid"
      echo "process $running_name $nm_found_pid"
    fi
  done
  if [ -z "$running_docker_root" ] && [ -r /etc/docker/daemon.json ]; then
    running_line=$(sed -n 's/.*"\(data-root\|graph\)"[[:space:]]*:[[:space:]]*"\([^"\\]*\)".*/\2/p' /etc/docker/daemon.json)
    [ -z "$running_line" ] || echo "docker-config $running_line"
    running_docker_root=$running_line
  fi
  case $running_docker_root in /*) ;; *) running_docker_root=/var/lib/docker ;; esac
  # A rule of logrotate works in it as root.
  if ! nm_is_root || nm_place_of_root "$running_docker_root/containers"; then
    echo "docker-root $running_docker_root"
  else
    # shellcheck disable=SC2154 # set by nm_path_of_root
    echo "refused $nm_why $running_docker_root"
    # shellcheck disable=SC2154 # set by the prelude
    echo "doubt docker-root $nm_why" >"$nm_scratch/docker-root-refused"
    # Below it nobody finds a folder.
    running_docker_root=/dev/null
  fi
  # For the sections that follow: their shells do not see this one's variables.
  echo "$running_docker_root" >"$nm_scratch/docker-root"
  if [ -z "$running_endpoint" ] && [ -r /var/lib/kubelet/config.yaml ]; then
    sed -n 's/^containerRuntimeEndpoint:/kubelet-config &/p' /var/lib/kubelet/config.yaml
  fi
}

running_options() {
  case $1 in dockerd | kubelet) ;; *) return 0 ;; esac
  running_wanted=''
  nm_words_of "$2"
  # shellcheck disable=SC2154 # set by nm_words_of
  while read -r running_option; do
    if [ -n "$running_wanted" ]; then
      running_option=$running_wanted=$running_option
      running_wanted=''
    fi
    case $1:$running_option in
      kubelet:--container-runtime | kubelet:--container-runtime-endpoint | dockerd:--data-root | dockerd:--graph | dockerd:-g)
        running_wanted=$running_option
        ;;
      kubelet:--container-runtime=* | kubelet:--container-runtime-endpoint=*)
        echo "kubelet-option $running_option"
        running_endpoint=$running_option
        ;;
      dockerd:--data-root=* | dockerd:--graph=* | dockerd:-g=*)
        echo "dockerd-option $running_option"
        running_docker_root=${running_option#*=}
        ;;
    esac
  done <"$nm_words"
}

section runtimes/running 5 65536 running_daemons
