# shellcheck shell=sh disable=SC2154 # nm_… are set by what goes before it
# Whether the node's dcgm-exporter finds its library, and which counters it is asked for.
#   no-exporter
#   system <PRETTY_NAME of os-release>
#   library cached|found|absent      ldconfig -p has it; ldconfig would find it, were it run; neither
#   said <line>                      of the journal of this boot, where the exporter does not run
#   drop-in                          /etc/systemd/system/dcgm-exporter.service.d/nodemend.conf is there
#   counters absent|link|refused · counters <mode> <uid> <gid> <sha256>, and the file's bytes, which end the section
gpu_metrics_exporter() {
  nm_is_root || return 77
  gpu_metrics_system
  gpu_metrics_library || return
  if [ ! -e "$nm_scratch/active-dcgm-exporter.service" ]; then
    journalctl -b -q -n 200 -o cat -u dcgm-exporter.service >"$nm_scratch/dcgm-journal" || return
    while IFS= read -r gpu_metrics_line; do
      case $gpu_metrics_line in
        *libdcgm.so.4*) gpu_metrics_said=$gpu_metrics_line ;;
      esac
    done <"$nm_scratch/dcgm-journal"
    [ -z "$gpu_metrics_said" ] || printf 'said %.500s\n' "$gpu_metrics_said"
  fi
  [ ! -e /etc/systemd/system/dcgm-exporter.service.d/nodemend.conf ] || echo drop-in
  gpu_metrics_counters /etc/dcgm-exporter/default-counters.csv
}

gpu_metrics_said=''

gpu_metrics_system() {
  while IFS= read -r gpu_metrics_line; do
    case $gpu_metrics_line in
      PRETTY_NAME=*)
        gpu_metrics_line=${gpu_metrics_line#*=}
        gpu_metrics_line=${gpu_metrics_line#\"}
        echo "system ${gpu_metrics_line%\"}"
        return 0
        ;;
    esac
  done </etc/os-release
}

# ldconfig -NX changes neither cache nor links: it says what it would find.
gpu_metrics_library() {
  ldconfig -p >"$nm_scratch/dcgm-cache" || return
  if grep -q 'libdcgm\.so\.4 ' "$nm_scratch/dcgm-cache"; then
    echo 'library cached'
    return 0
  fi
  ldconfig -NXv >"$nm_scratch/dcgm-found" 2>/dev/null || return
  if grep -q 'libdcgm\.so\.4 ' "$nm_scratch/dcgm-found"; then
    echo 'library found'
  else
    echo 'library absent'
  fi
}

gpu_metrics_counters() {
  if [ -L "$1" ]; then
    echo 'counters link'
  elif [ ! -e "$1" ]; then
    echo 'counters absent'
  elif ! nm_path_of_root "$1" || [ ! -f "$1" ]; then
    echo 'counters refused'
  else
    gpu_metrics_sum=$(sha256sum <"$1") || return
    stat -c "counters %a %u %g ${gpu_metrics_sum%% *}" "$1" && cat "$1"
  fi
}

! nm_is_root || [ -e "$nm_scratch/loaded-dcgm-exporter.service" ] || nm_tell no-exporter
section gpu-metrics/exporter 8 131072 gpu_metrics_exporter
