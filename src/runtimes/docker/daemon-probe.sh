# shellcheck shell=sh
# How docker's daemon was started, and its configuration file; shared by the probes that ask, and joined before them.
#   flag <name>                                     every flag of dockerd's command line, by name alone
#   option <name>=<value>                           log-driver, config-file, live-restore; of log-opt max-size and max-file
#   running <seconds>                               age of the process; absent where dockerd does not run
#   service <unit>                                  the unit of systemd that it belongs to
#   now <seconds since 1970>
#   file <mode, hex, with type> <uid> <gid> <size> <seconds since 1970 of its last change> <path> · missing|no-folder|link|closed|large <path>
#   refused <why> <path>                            others than root have a say in what it is, or it is none of JSON
#   sum <sha256>                                    of the file as it is
# then an empty line and the file, as it is but for texts that may hold a secret: *** stands for those.
# nm_docker_daemon PID, which is empty where dockerd does not run
nm_docker_daemon() {
  nm_daemon_config=/etc/docker/daemon.json
  [ -z "$1" ] || nm_dockerd_options "$1"
  nm_daemon_file "$nm_daemon_config"
  # Once for all who ask: whoever comes next points to it.
  # shellcheck disable=SC2154 # set by the prelude
  : >"$nm_scratch/docker-daemon-told"
}

nm_dockerd_options() {
  nm_words_of "$1"
  nm_wanted=''
  # shellcheck disable=SC2154 # set by nm_words_of
  while read -r nm_word; do
    case $nm_word in
      --*=*) nm_dockerd_flag "${nm_word%%=*}" "${nm_word#*=}" ;;
      --live-restore) nm_dockerd_flag --live-restore true ;;
      -*)
        echo "flag $nm_word"
        nm_wanted=$nm_word
        continue
        ;;
      *) [ -z "$nm_wanted" ] || nm_dockerd_value "$nm_wanted" "$nm_word" ;;
    esac
    nm_wanted=''
  done <"$nm_words"
  nm_life "$1"
}

nm_dockerd_flag() {
  echo "flag $1"
  nm_dockerd_value "$1" "$2"
}

# Values of the flags that matter; of log options only the two that bound a log.
nm_dockerd_value() {
  case $1 in
    --log-driver | --live-restore) echo "option ${1#--}=$2" ;;
    --config-file)
      echo "option config-file=$2"
      nm_daemon_config=$2
      ;;
    --log-opt)
      case $2 in
        max-size=* | max-file=*) echo "option $2" ;;
      esac
      ;;
  esac
}

nm_daemon_file() {
  if [ ! -e "$1" ] && [ ! -L "$1" ]; then
    nm_note_now
    nm_know_the_rest "$nm_scratch/now"
    nm_is_known "$nm_scratch/now"
    # shellcheck disable=SC2154 # set by nm_is_known
    echo "now ${nm_looks##* }"
    echo "missing $1"
    [ -d "${1%/*}" ] || echo "no-folder ${1%/*}"
    return 0
  fi
  nm_found_file "$1" json || return 0
  nm_sum=$(sha256sum <"$1") && echo "sum ${nm_sum%% *}"
  echo
  nm_masked_json "$1"
}

# A JSON file with the texts masked that do not stand under a key whose values hold no secret, and those that look like an
# address with a password in it. Takes it character by character, for it may not be valid JSON.
nm_masked_json() {
  awk '
    BEGIN {
      # A separator that no text file holds: the whole file is one record, its last newline included.
      RS = "\001"
      count = split("log-driver max-size max-file max-buffer-size mode compress tag data-root graph exec-root exec-opts storage-driver " \
        "storage-opts registry-mirrors insecure-registries hosts bip bridge fixed-cidr fixed-cidr-v6 default-gateway " \
        "default-gateway-v6 default-address-pools base dns dns-opts dns-search ip group cgroup-parent default-runtime " \
        "default-shm-size Name pidfile containerd log-level log-format userns-remap tlscacert tlscert tlskey path " \
        "default-ipc-mode default-cgroupns-mode seccomp-profile init-path metrics-addr http-proxy https-proxy no-proxy " \
        "node-generic-resources authorization-plugins cdi-spec-dirs runtimeType host-gateway-ip defaultKeepStorage keepStorage " \
        "allow-nondistributable-artifacts cache-disabled cache-max-size cache-max-file cache-compress", names, " ")
      for (i = 1; i <= count; i++) isHarmless[names[i]] = 1
      # Of log options. What else there is are tokens, and words that no driver knows. At the top of the file, labels have values.
      count = split("labels labels-regex env env-regex awslogs-create-group awslogs-datetime-format awslogs-group awslogs-region " \
        "awslogs-stream fluentd-address fluentd-async fluentd-async-connect fluentd-buffer-limit fluentd-max-retries " \
        "fluentd-retry-wait fluentd-sub-second-precision gcp-log-cmd gcp-project gelf-address gelf-compression-level " \
        "gelf-compression-type gelf-tcp-max-reconnect gelf-tcp-reconnect-delay syslog-address syslog-facility syslog-format " \
        "syslog-tls-ca-cert syslog-tls-cert syslog-tls-key syslog-tls-skip-verify", names, " ")
      for (i = 1; i <= count; i++) isLogOption[names[i]] = 1
    }
    {
      text = $0
      length_of = length(text)
      depth = 0
      key = ""
      out = ""
      for (at = 1; at <= length_of; at++) {
        c = substr(text, at, 1)
        if (c != "\"") {
          if (c == "{" || c == "[") keys[++depth] = key
          else if ((c == "}" || c == "]") && depth > 0) key = keys[depth--]
          if (c !~ /[ \t\r\n{}:,]/ && c != "[" && c != "]") {
            # A number or a word; in what is not JSON, anything.
            for (word = ""; at <= length_of && (c = substr(text, at, 1)) !~ /[ \t\r\n{}:,"]/ && c != "[" && c != "]"; at++) word = word c
            at--
            c = word ~ /^(true|false|null|-?[0-9]+([.][0-9]+)?([eE][-+]?[0-9]+)?)$/ ? word : "***"
          }
          out = out c
          continue
        }
        value = ""
        isClosed = 0
        for (at++; at <= length_of; at++) {
          c = substr(text, at, 1)
          if (c == "\"") { isClosed = 1; break }
          value = value c
          if (c == "\\") value = value substr(text, ++at, 1)
        }
        rest = substr(text, at + 1, 64)
        sub(/^[ \t\r\n]+/, "", rest)
        if (isClosed && substr(rest, 1, 1) == ":") key = value
        else if (!(key in isHarmless || key in isLogOption && keys[depth] == "log-opts") || value ~ /[@?]/ || (key == "exec-opts" && value !~ /^native\.cgroupdriver=/)) value = "***"
        out = out "\"" value (isClosed ? "\"" : "")
      }
      printf "%s", out
    }
  ' <"$1"
}
