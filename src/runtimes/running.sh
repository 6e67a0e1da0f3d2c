# shellcheck shell=sh
# Which container runtimes run, what kubelet was told to use, and where docker keeps its containers. Of command lines only the options
# that are looked for are printed: they may hold secrets.
#   cri-dockerd-option <option>                     the one about the sandbox image
#   process <name> <pid> · doubt <name> <why> · kubelet-option <option> · kubelet-config <line>
#   docker-root <path> · refused <why> <path>
running_daemons() {
  running_endpoint=''
  nm_find_daemons
  for running_name in dockerd containerd kubelet crio cri-dockerd; do
    nm_daemon "$running_name"
    # shellcheck disable=SC2154 # set by nm_daemon
    if [ -n "$nm_doubt" ]; then
      echo "doubt $running_name $nm_doubt"
    elif [ -n "$nm_found_pid" ]; then
      case $running_name in
        kubelet) running_kubelet_options "$nm_found_pid" ;;
        cri-dockerd) running_cri_dockerd_options "$nm_found_pid" ;;
      esac
      echo "process $running_name $nm_found_pid"
    fi
  done
  nm_docker_root
  # shellcheck disable=SC2154 # set by nm_docker_root
  if [ -z "$nm_root_refused" ]; then
    echo "docker-root $nm_docker_root"
  else
    echo "refused $nm_root_refused"
  fi
  if [ -z "$running_endpoint" ] && [ -r /var/lib/kubelet/config.yaml ]; then
    # kubelet.sh has read it, where that was asked for, too.
    # shellcheck disable=SC2154 # set by the prelude
    if [ -e "$nm_scratch/kubelet-endpoint" ]; then
      while IFS= read -r running_option; do echo "$running_option"; done <"$nm_scratch/kubelet-endpoint"
    else
      sed -n 's/^containerRuntimeEndpoint:/kubelet-config &/p' /var/lib/kubelet/config.yaml
    fi
  fi
}

running_kubelet_options() {
  running_wanted=''
  nm_words_of "$1"
  # shellcheck disable=SC2154 # set by nm_words_of
  while read -r running_option; do
    if [ -n "$running_wanted" ]; then
      running_option=$running_wanted=$running_option
      running_wanted=''
    fi
    case $running_option in
      --container-runtime | --container-runtime-endpoint) running_wanted=$running_option ;;
      --container-runtime=* | --container-runtime-endpoint=*)
        echo "kubelet-option $running_option"
        running_endpoint=$running_option
        ;;
    esac
  done <"$nm_words"
}

running_cri_dockerd_options() {
  running_wanted=''
  nm_words_of "$1"
  # shellcheck disable=SC2154 # set by nm_words_of
  while read -r running_option; do
    [ -z "$running_wanted" ] || running_option=$running_wanted=$running_option
    running_wanted=''
    case $running_option in
      --pod-infra-container-image) running_wanted=$running_option ;;
      --pod-infra-container-image=*) echo "cri-dockerd-option $running_option" ;;
    esac
  done <"$nm_words"
}

section runtimes/running 5 65536 running_daemons
