# shellcheck shell=sh
# How kubelet was started, and the files that it reads.
#   no-kubelet · doubt kubelet <why>                nothing else follows
#   running <seconds>                               age of the process
#   service <unit>                                  the unit of systemd that it belongs to
#   option <name>=<value>                           of its command line: the options below and no other
#   drop-ins-on                                     its environment allows --config-dir where that is not a default yet (1.28, 1.29)
#   now <seconds since 1970>
#   pods <uid> <uid> …                              the pods that kubelet knows
#   no-pods-folder                                  it has none of its own folder where it was looked for
#   folder|missing|closed|large|link <path> · refused <why> <path>
#   file <mode, hex, with type> <uid> <gid> <size> <seconds since 1970 of its last change> <path>
#   sum <sha256> <path>                             of the file as it is
#   text <lines> <path>                             the file follows, so many lines; the values of staticPodURLHeader are left out
kubelet_configuration() {
  nm_is_root || return 77
  nm_has_daemon kubelet || return 0
  # shellcheck disable=SC2154 # set by nm_daemon
  kubelet_process "$nm_found_pid"
  kubelet_known_pods
  kubelet_file "$kubelet_config" yaml
  kubelet_drop_ins
  kubelet_file /etc/kubernetes/kubelet-user-args args
}

# Sets kubelet_config, _config_dir and _root_dir.
kubelet_process() {
  kubelet_config='' kubelet_config_dir='' kubelet_root_dir=/var/lib/kubelet
  nm_words_of "$1"
  kubelet_wanted=''
  # shellcheck disable=SC2154 # set by nm_words_of
  while IFS= read -r kubelet_word; do
    case $kubelet_word in
      --*=*) kubelet_option "${kubelet_word%%=*}" "${kubelet_word#*=}" ;;
      --*)
        kubelet_wanted=$kubelet_word
        continue
        ;;
      *) [ -z "$kubelet_wanted" ] || kubelet_option "$kubelet_wanted" "$kubelet_word" ;;
    esac
    kubelet_wanted=''
  done <"$nm_words"
  nm_life "$1"
  if [ -n "$kubelet_config_dir" ] && tr '\000' '\n' <"/proc/$1/environ" | grep -q '^KUBELET_CONFIG_DROPIN_DIR_ALPHA='; then
    echo drop-ins-on
  fi
}

kubelet_option() {
  case $1 in
    --config) kubelet_config=$2 ;;
    --config-dir) kubelet_config_dir=$2 ;;
    --root-dir) kubelet_root_dir=$2 ;;
    --container-log-max-size | --container-log-max-files | --max-pods) ;;
    --eviction-hard | --eviction-soft | --image-gc-high-threshold | --image-gc-low-threshold | --minimum-image-ttl-duration) ;;
    --pod-infra-container-image) ;;
    *) return 0 ;;
  esac
  echo "option ${1#--}=$2"
}

# A static pod's folder here and in /var/log/pods has the same name too: a hash instead of a UID.
kubelet_known_pods() {
  if ! nm_path_of_root "$kubelet_root_dir/pods" || ! cd "$kubelet_root_dir/pods" 2>/dev/null; then
    echo no-pods-folder
    return 0
  fi
  set -- *
  [ -e "$1" ] || set --
  echo "pods${*:+ $*}"
}

# kubelet takes *.conf of the folder and of those in it, by path (cmd/kubelet/app/server.go, mergeKubeletConfigurations).
kubelet_drop_ins() {
  [ -n "$kubelet_config_dir" ] || return 0
  if [ ! -d "$kubelet_config_dir" ]; then
    echo "missing $kubelet_config_dir"
    return 0
  fi
  # shellcheck disable=SC2154 # set by nm_path_of_root
  if ! nm_path_of_root "$kubelet_config_dir"; then
    echo "refused $nm_why $kubelet_config_dir"
    return 0
  fi
  echo "folder $kubelet_config_dir"
  kubelet_count=0
  for kubelet_path in "$kubelet_config_dir"/*.conf "$kubelet_config_dir"/*/*.conf; do
    [ -f "$kubelet_path" ] || continue
    kubelet_count=$((kubelet_count + 1))
    [ "$kubelet_count" -le 20 ] || return 0
    kubelet_file "$kubelet_path" conf
  done
}

# kubelet_file PATH KIND
kubelet_file() {
  [ -n "$1" ] || return 0
  if [ ! -e "$1" ] && [ ! -L "$1" ]; then
    echo "missing $1"
    return 0
  fi
  nm_found_file "$1" "$2" || return 0
  nm_sum_of "$1"
  # shellcheck disable=SC2154 # set by nm_sum_of
  echo "sum $nm_sum $1"
  kubelet_shown "$1"
}

# The one place of a KubeletConfiguration that may hold a secret is what it sends along when it asks for static pods. By the shell alone:
# one has some 1500 bytes, and a program for it costs as much as reading 3000.
kubelet_shown() {
  kubelet_endpoint=/dev/null
  if [ "$1" = /var/lib/kubelet/config.yaml ]; then
    # shellcheck disable=SC2154 # set by the prelude
    kubelet_endpoint=$nm_scratch/kubelet-endpoint
    : >"$kubelet_endpoint"
  fi
  kubelet_text='' kubelet_lines=0 kubelet_inside=''
  while IFS= read -r kubelet_line || [ -n "$kubelet_line" ]; do
    case $kubelet_line in
      *staticPodURLHeader*)
        # Behind blanks, quotes and braces, if anything.
        case ${kubelet_line%%staticPodURLHeader*} in
          *[!' 	"{']*) ;;
          *) kubelet_inside=begins ;;
        esac
        ;;
    esac
    case $kubelet_inside:$kubelet_line in
      begins:*) kubelet_inside=yes kubelet_line='staticPodURLHeader: "***"' ;;
      'yes: '* | 'yes:	'* | yes:-* | 'yes:}'*) continue ;;
      *) kubelet_inside='' ;;
    esac
    case $kubelet_line in containerRuntimeEndpoint:*) printf '%s\n' "kubelet-config $kubelet_line" >>"$kubelet_endpoint" ;; esac
    kubelet_lines=$((kubelet_lines + 1))
    kubelet_text="$kubelet_text$kubelet_line
"
  done <"$1"
  printf 'text %s %s\n%s' "$kubelet_lines" "$1" "$kubelet_text"
}

section kubelet/configuration 5 262144 kubelet_configuration
