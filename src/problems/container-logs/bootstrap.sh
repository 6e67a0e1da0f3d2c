# shellcheck shell=sh disable=SC2154,SC2034 # engine/user-script/prelude.sh and actions/file/place.sh go before it
# What a new node needs so that its container logs stay small, before it joins: container_logs_bootstrap RULE KIND [PATH]
# RULE is a file with the rule for logrotate; KIND is `own` for nodemend's (it gives way to a rule that is as good, and docker's
# folder in it is made that of this node) or `given` for a file of the user's, which is to be at PATH on every node to the byte.
# Neither runtime nor kubelet need run, or be installed, yet: what is on the disk decides.

container_logs_bootstrap() {
  container_logs_rule=$1
  container_logs_kind=$2
  container_logs_path=${3-/etc/logrotate.d/docker}
  container_logs_decide
  case $container_logs_writer in
    kubelet)
      tell "kubelet rotates the logs here ($container_logs_because): nothing was written"
      return 0
      ;;
    unknown) refuse 'no container runtime and no kubelet is on the disk yet, so nobody knows who will write the logs' ;;
  esac
  container_logs_folder=$(container_logs_root)/containers
  command -v logrotate >/dev/null 2>&1 || refuse 'logrotate is not installed, and nothing else keeps the logs of docker small'
  if [ "$container_logs_kind" = own ]; then container_logs_own || return 0; fi
  container_logs_put
}

# ---- who will write the logs

# Sets container_logs_writer (docker, kubelet or unknown), and container_logs_because.
container_logs_decide() {
  container_logs_endpoint=$(container_logs_told | tail -n 1)
  case $container_logs_endpoint in
    # Dockershim and cri-dockerd leave the logs to dockerd.
    *docker*) container_logs_is docker "kubelet is told $container_logs_endpoint" ;;
    ?*) container_logs_is kubelet "kubelet is told $container_logs_endpoint" ;;
    *) container_logs_guess ;;
  esac
}

container_logs_is() {
  container_logs_writer=$1
  container_logs_because=$2
}

# What kubelet will be told to use, by its units, their environment and its configuration; the last one is what counts most.
container_logs_told() {
  for container_logs_file in /etc/crictl.yaml \
    /lib/systemd/system/kubelet.service /lib/systemd/system/kubelet.service.d/*.conf \
    /usr/lib/systemd/system/kubelet.service /usr/lib/systemd/system/kubelet.service.d/*.conf \
    /etc/kubernetes/kubelet-config.yaml /var/lib/kubelet/config.yaml \
    /etc/systemd/system/kubelet.service /etc/systemd/system/kubelet.service.d/*.conf \
    /etc/default/kubelet /etc/sysconfig/kubelet /etc/kubernetes/kubelet /var/lib/kubelet/kubeadm-flags.env \
    /etc/kubernetes/kubelet-user-args; do
    [ -f "$container_logs_file" ] || continue
    # A runtime endpoint, or --container-runtime=docker; lines that are comments say nothing.
    sed -n -e '/^[[:blank:]]*#/d' -e "s/^.*container-runtime-endpoint[= ][= ]*[\"']*\([^\"' ]*\).*/\1/p" -e t \
      -e "s/^containerRuntimeEndpoint:[[:blank:]]*[\"']*\([^\"' ]*\).*/\1/p" -e t \
      -e "s/^runtime-endpoint:[[:blank:]]*[\"']*\([^\"' ]*\).*/\1/p" -e t \
      -e 's/^.*container-runtime[= ]docker.*/docker/p' "$container_logs_file" 2>/dev/null || :
  done
}

container_logs_guess() {
  container_logs_version=''
  if command -v kubelet >/dev/null 2>&1; then
    container_logs_version=$(bounded kubelet --version 2>/dev/null | sed -n 's/^Kubernetes v1\.\([0-9][0-9]*\).*/\1/p') || :
  fi
  if command -v dockerd >/dev/null 2>&1; then
    # Dockershim went in 1.24: from then on kubelet needs cri-dockerd to use docker.
    if [ -n "$container_logs_version" ] && [ "$container_logs_version" -ge 24 ] && ! command -v cri-dockerd >/dev/null 2>&1; then
      container_logs_is kubelet "kubelet 1.$container_logs_version does not use docker without cri-dockerd"
    else
      container_logs_is docker 'dockerd is installed'
    fi
  elif command -v containerd >/dev/null 2>&1; then
    container_logs_is kubelet 'containerd is installed, and docker is not'
  elif command -v crio >/dev/null 2>&1; then
    container_logs_is kubelet 'CRI-O is installed, and docker is not'
  elif [ -n "$container_logs_version" ] && [ "$container_logs_version" -ge 24 ]; then
    container_logs_is kubelet "kubelet 1.$container_logs_version is installed, and docker is not"
  else
    container_logs_is unknown ''
  fi
}

# Docker's data folder: of its unit, else of daemon.json.
container_logs_root() {
  container_logs_at=''
  for container_logs_file in /etc/systemd/system/docker.service /etc/systemd/system/docker.service.d/*.conf; do
    [ -f "$container_logs_file" ] || continue
    # The last one counts: a drop-in replaces the unit's own.
    container_logs_found=$(sed -n "s/^ExecStart=.*--\(data-root\|graph\)[= ][= ]*[\"']*\([^\"' ]*\).*/\2/p" "$container_logs_file" | tail -n 1)
    container_logs_at=${container_logs_found:-$container_logs_at}
  done
  if [ -z "$container_logs_at" ] && [ -r /etc/docker/daemon.json ]; then
    container_logs_at=$(sed -n 's/.*"\(data-root\|graph\)"[[:space:]]*:[[:space:]]*"\([^"\\]*\)".*/\2/p' /etc/docker/daemon.json | tail -n 1)
  fi
  case $container_logs_at in
    /*) printf '%s' "${container_logs_at%/}" ;;
    *) printf /var/lib/docker ;;
  esac
}

# ---- nodemend's own rule

# Whether nodemend's rule is wanted here; fits it to this node.
container_logs_own() {
  if [ -r /etc/docker/daemon.json ]; then
    container_logs_driver=$(sed -n 's/.*"log-driver"[[:space:]]*:[[:space:]]*"\([^"]*\)".*/\1/p' /etc/docker/daemon.json)
    if grep -q '"max-size"' /etc/docker/daemon.json || { [ -n "$container_logs_driver" ] && [ "$container_logs_driver" != json-file ]; }; then
      tell 'docker keeps the logs of new containers small by itself (/etc/docker/daemon.json): nothing was written'
      return 1
    fi
  fi
  container_logs_try
  if [ "$container_logs_verdict" = good ]; then
    tell "the rule on this node is good: a daily run of logrotate keeps the logs under $container_logs_folder small; nothing was written"
    return 1
  fi
  container_logs_only_ours
  # The folder is a plain word here, and holds no slash-escape of sed.
  case $container_logs_folder in
    *[!A-Za-z0-9._/-]*) refuse "the folder $container_logs_folder has a name that no rule can hold" ;;
  esac
  # The caller looks at what this returns, so -e does not count here.
  sed "s|/var/lib/docker/containers/|$container_logs_folder/|" "$container_logs_rule" >"$container_logs_rule.here" || refuse write-failed "$container_logs_rule.here"
  container_logs_rule=$container_logs_rule.here
}

# A file that is there and rotates other logs too is left to people; logrotate itself says which patterns it reads in it.
container_logs_only_ours() {
  [ -e "$container_logs_path" ] || return 0
  bounded logrotate -d -s "$nodemend_scratch/state" "$container_logs_path" >"$nodemend_scratch/patterns" 2>&1 || :
  container_logs_others=$(
    CONTAINERS=$container_logs_folder/ awk '
      index($0, "rotating pattern: ") == 1 {
        seen++
        line = substr($0, 19)
        sub(/ +(after [0-9]+ days|hourly|weekly|monthly|yearly|forced from command line|[0-9]+ bytes) .*$/, "", line)
        count = split(line, words, " ")
        for (one = 1; one <= count; one++) if (index(words[one], ENVIRON["CONTAINERS"]) != 1) { print words[one]; exit }
      }
      END { if (!seen) print "what logrotate does not read" }' "$nodemend_scratch/patterns"
  )
  [ -z "$container_logs_others" ] || refuse "$container_logs_path is not good, and holds something else as well" "$container_logs_others"
}

# ---- trying the configuration out

# What a daily run would make of a container's log: tried with a log of 200 MiB (a sparse one, in memory) in a mount namespace, where
# docker's folder is covered by it. logrotate -d changes nothing. Sets container_logs_verdict to `good`, `untried`, or what is wrong.
container_logs_try() {
  container_logs_id=0000000000000000000000000000000000000000000000000000000000000000
  container_logs_log=$container_logs_folder/$container_logs_id/$container_logs_id-json.log
  printf 'logrotate state -- version 2\n"%s" 2001-1-1-0:0:0\n' "$container_logs_log" >"$nodemend_scratch/state"
  chmod 0640 "$nodemend_scratch/state"
  # Over the folder itself or, where it is not there yet, over what is there of its path. The root cannot be covered.
  container_logs_cover=$container_logs_folder
  while [ ! -d "$container_logs_cover" ]; do container_logs_cover=${container_logs_cover%/*}; done
  if [ -z "$container_logs_cover" ] || ! command -v unshare >/dev/null 2>&1; then
    container_logs_verdict=untried
    return 0
  fi
  # Private first: before util-linux 2.27 unshare(1) did not do it, and the mount would have shown on the whole node.
  # shellcheck disable=SC2016 # for the inner shell
  bounded unshare -m sh -c '
    mount --make-rprivate / && mount -t tmpfs -o mode=0711,size=4m nodemend "$1" && mkdir -p "${2%/*}" || exit 77
    chmod 0710 "${2%/*}" "${2%/*/*}"
    dd if=/dev/zero of="$2" bs=1 count=1 seek=209715199 2>/dev/null || exit 77
    chmod 0640 "$2"
    logrotate -d -s "$3" /etc/logrotate.conf 2>&1 || :
  ' sh "$container_logs_cover" "$container_logs_log" "$nodemend_scratch/state" >"$nodemend_scratch/said" 2>&1 && container_logs_code=0 || container_logs_code=$?
  if [ "$container_logs_code" -ne 0 ]; then
    container_logs_verdict=untried
    return 0
  fi
  container_logs_verdict=$(
    LOG=$container_logs_log KIND=$container_logs_kind NAME=${container_logs_path##*/} awk '
      # Releases name a file with its folder or without.
      function is_ours(line) { return index(line, ENVIRON["LOG"]) || index(line, " " ENVIRON["NAME"] ":") || index(line, "/" ENVIRON["NAME"] ":") || index(line, " " ENVIRON["NAME"] ",") }
      index($0, "rotating pattern: ") == 1 { how = $0 }
      $0 == "considering log " ENVIRON["LOG"] { considered = how }
      index($0, "error: ") == 1 && wrong == "" && is_ours($0) { wrong = $0 }
      index($0, "copying " ENVIRON["LOG"] " to ") == 1 { copied = 1 }
      $0 == "truncating " ENVIRON["LOG"] { truncated = 1 }
      END {
        if (wrong != "") print wrong
        else if (considered == "") print "logrotate does not look at the log of a container"
        else if (!copied || !truncated) print "logrotate would not rotate a log of 200 MiB, or by renaming it, which docker does not notice"
        # A user who gives a file decides how often, and how much is kept. logrotate 3.22 says more between the two.
        else if (ENVIRON["KIND"] == "own" && considered !~ /(after 1 days|hourly|[0-9] bytes) ((empty log files are|olddir is) .*)?\([1-9][0-9]* rotations\)/) print "rotated too rarely, or nothing is kept"
        else print "good"
      }' "$nodemend_scratch/said"
  )
}

# ---- the rule's file

container_logs_put() {
  find_place "$container_logs_path"
  container_logs_was=$(state_of "$target")
  container_logs_sum=$(sha256sum <"$container_logs_rule")
  container_logs_wanted="file ${container_logs_sum%% *} 644 0 0"
  case $container_logs_was in
    absent | file\ *) ;;
    *) refuse "$target is not a regular file" "$container_logs_was" ;;
  esac
  if [ "$container_logs_was" = "$container_logs_wanted" ]; then
    container_logs_try
    container_logs_proved || refuse "$target is as it should be, and yet" "$container_logs_wrong"
    tell "$target is as it should be; nothing was written"
    return 0
  fi
  keep_target "$container_logs_was"
  stage_target "$container_logs_rule" "$container_logs_wanted"
  bounded logrotate -d -s "$nodemend_scratch/state" "$staged" >"$nodemend_scratch/alone" 2>&1 || :
  # That no container has logged yet is not a fault of the file.
  container_logs_complaint=$(sed -n -e '/^error: stat of /d' -e '/^error: /p' "$nodemend_scratch/alone" | head -n 1)
  [ -z "$container_logs_complaint" ] || refuse 'logrotate -d does not accept the rule' "$container_logs_complaint"
  commit_target
  container_logs_try
  container_logs_proved || container_logs_back
  tell "$target was written"
}

# Whether the rule was seen to work, or nothing could be seen; tells which.
container_logs_proved() {
  case $container_logs_verdict in
    good) tell "tried out: a daily run of logrotate keeps the logs under $container_logs_folder small" ;;
    untried) tell 'accepted by logrotate; it could not be tried out here, for want of a mount namespace' ;;
    *)
      container_logs_wrong=$container_logs_verdict
      return 1
      ;;
  esac
}

# The rule is not usable here: what was there before comes back.
container_logs_back() {
  if [ "$container_logs_was" = absent ]; then
    must write-failed rm -f "$target"
    flush_folder "$folder"
  else
    stage_target "$kept" "$container_logs_was"
    commit_target
  fi
  refuse "the rule is undone, because with it on this node" "$container_logs_wrong"
}
