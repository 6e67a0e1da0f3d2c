# shellcheck shell=sh
# How kubelet keeps the logs of its containers small. Joined behind probe.sh, whose functions it uses.
#   no-kubelet · doubt kubelet <why>                nothing else follows
#   running <seconds>                               age of the process
#   service <unit>                                  the unit of systemd that it belongs to
#   option <name>=<value>                           of its command line: the options below and no other
#   drop-ins-on                                     its environment allows --config-dir where that is no default yet (1.28, 1.29)
#   now <seconds since 1970>
#   user-args                                       its unit starts it with $KUBELET_USER_ARGS of /etc/kubernetes/kubelet-user-args
#   fragment <path>                                 the unit's own file
#   pods <uid> <uid> …                              the pods that kubelet knows
#   no-pods-folder                                  it has none of its own folder where it was looked for
#   folder|missing|closed|large|link <path> · refused <why> <path>
#   file <mode, hex, with type> <uid> <gid> <size> <seconds since 1970 of its last change> <path>
#   sum <sha256> <path>                             of the file as it is
#   text <lines> <path>                             the file follows, so many lines; the values of staticPodURLHeader are left out
container_logs_kubelet() {
  nm_is_root || return 77
  nm_daemon kubelet
  if [ -n "$nm_doubt" ]; then
    echo "doubt kubelet $nm_doubt"
    return 0
  fi
  if [ -z "$nm_found_pid" ]; then
    echo no-kubelet
    return 0
  fi
  container_logs_kubelet_process "$nm_found_pid"
  container_logs_known_pods
  container_logs_kubelet_unit
  container_logs_kubelet_file "$container_logs_config" yaml
  container_logs_drop_ins
  container_logs_kubelet_file /etc/kubernetes/kubelet-user-args args
}

# Sets container_logs_config, _config_dir, _root_dir and _unit.
container_logs_kubelet_process() {
  container_logs_config='' container_logs_config_dir='' container_logs_root_dir=/var/lib/kubelet
  nm_words_of "$1"
  container_logs_wanted=''
  # shellcheck disable=SC2154 # set by nm_words_of
  while IFS= read -r container_logs_word; do
    case $container_logs_word in
      --*=*) container_logs_kubelet_option "${container_logs_word%%=*}" "${container_logs_word#*=}" ;;
      --*)
        container_logs_wanted=$container_logs_word
        continue
        ;;
      *) [ -z "$container_logs_wanted" ] || container_logs_kubelet_option "$container_logs_wanted" "$container_logs_word" ;;
    esac
    container_logs_wanted=''
  done <"$nm_words"
  nm_life "$1"
  if [ -n "$container_logs_config_dir" ] && tr '\000' '\n' <"/proc/$1/environ" | grep -q '^KUBELET_CONFIG_DROPIN_DIR_ALPHA='; then
    echo drop-ins-on
  fi
}

container_logs_kubelet_option() {
  case $1 in
    --config) container_logs_config=$2 ;;
    --config-dir) container_logs_config_dir=$2 ;;
    --root-dir) container_logs_root_dir=$2 ;;
    --container-log-max-size | --container-log-max-files | --max-pods) ;;
    --eviction-hard | --eviction-soft | --image-gc-high-threshold) ;;
    *) return 0 ;;
  esac
  echo "option ${1#--}=$2"
}

# A static pod's folder here and in /var/log/pods has the same name too: a hash instead of a UID.
container_logs_known_pods() {
  if ! nm_path_of_root "$container_logs_root_dir/pods" || ! cd "$container_logs_root_dir/pods" 2>/dev/null; then
    echo no-pods-folder
    return 0
  fi
  set -- *
  [ -e "$1" ] || set --
  echo "pods${*:+ $*}"
}

container_logs_kubelet_unit() {
  [ -n "$nm_unit" ] && [ -d /run/systemd/system ] || return 0
  # shellcheck disable=SC2154 # set by the prelude
  systemctl show -p FragmentPath -p ExecStart -p EnvironmentFiles -- "$nm_unit" 2>/dev/null >"$nm_scratch/container-logs-unit" || return 0
  container_logs_sourced=''
  container_logs_used=''
  while IFS= read -r container_logs_line; do
    case $container_logs_line in
      FragmentPath=/*) echo "fragment ${container_logs_line#*=}" ;;
      EnvironmentFiles=/etc/kubernetes/kubelet-user-args*) container_logs_sourced=yes ;;
      ExecStart=*KUBELET_USER_ARGS*) container_logs_used=yes ;;
    esac
  done <"$nm_scratch/container-logs-unit"
  if [ -n "$container_logs_sourced" ] && [ -n "$container_logs_used" ]; then
    echo user-args
  fi
}

# kubelet takes *.conf of the folder and of those in it, by path (cmd/kubelet/app/server.go, mergeKubeletConfigurations).
container_logs_drop_ins() {
  [ -n "$container_logs_config_dir" ] || return 0
  if [ ! -d "$container_logs_config_dir" ]; then
    echo "missing $container_logs_config_dir"
    return 0
  fi
  # shellcheck disable=SC2154 # set by nm_path_of_root
  if ! nm_path_of_root "$container_logs_config_dir"; then
    echo "refused $nm_why $container_logs_config_dir"
    return 0
  fi
  echo "folder $container_logs_config_dir"
  container_logs_count=0
  for container_logs_path in "$container_logs_config_dir"/*.conf "$container_logs_config_dir"/*/*.conf; do
    [ -f "$container_logs_path" ] || continue
    container_logs_count=$((container_logs_count + 1))
    [ "$container_logs_count" -le 20 ] || return 0
    container_logs_kubelet_file "$container_logs_path" conf
  done
}

# container_logs_kubelet_file PATH KIND
container_logs_kubelet_file() {
  [ -n "$1" ] || return 0
  if [ ! -e "$1" ] && [ ! -L "$1" ]; then
    echo "missing $1"
    return 0
  fi
  nm_found_file "$1" "$2" || return 0
  sha256sum <"$1" | {
    read -r container_logs_line _
    echo "sum $container_logs_line $1"
  }
  container_logs_shown "$1"
}

# The one place of a KubeletConfiguration that may hold a secret is what it sends along when it asks for static pods.
container_logs_shown() {
  awk '
    /^[ \t"{]*staticPodURLHeader/ { shown[++count] = "staticPodURLHeader: \"***\""; inside = 1; next }
    inside && /^[ \t\-}]/ { next }
    { inside = 0; shown[++count] = $0 }
    END {
      print "text " count + 0 " " path
      for (line = 1; line <= count; line++) print shown[line]
    }
  ' path="$1" - <"$1"
}

section kubelet 5 262144 container_logs_kubelet
