# shellcheck shell=sh
# What container-logs reads on a node. Joined behind evidence/probe/prelude.sh, which defines `section`; see there for the rules.
# Reads only. Processes are what a probe costs: some twenty in all, the rest is done by the shell itself.

# Every file that logrotate may read, with owner, mode and size, then their bytes. More than a reader of the configuration would
# take: whatever stands behind a word `include`, and all of /etc/logrotate.d, for what was left out has to be explained as well.
#   accounts <users> <groups>      comma-separated names of /etc/passwd and /etc/group
#   folder|missing|dangling|link|closed <path>
#   olddir <path>                  a folder that an `olddir` names and that exists
#   file <mode, hex, with type> <uid> <gid> <size> <path>      links followed
#   <sha256>  <path>               of what follows, because secrets in it are masked on their way into the evidence
#   separator <text>               a line that no file can hold
# then an empty line and, in the order of their checksums, the bytes of each regular file, each with the separator on a line behind.
container_logs_rotation_files() {
  command -v sha256sum >/dev/null 2>&1 || return 127
  container_logs_accounts
  container_logs_seen=' '
  container_logs_closed=' '
  container_logs_next=/etc/logrotate.conf'
'/etc/logrotate.d
  container_logs_all=''
  container_logs_round=0
  while [ -n "$container_logs_next" ] && [ "$container_logs_round" -lt 5 ]; do
    container_logs_round=$((container_logs_round + 1))
    container_logs_take
    [ -n "$container_logs_fresh" ] || break
    container_logs_named
  done
  set -f
  IFS='
'
  # shellcheck disable=SC2086 # one path a line
  set -- $container_logs_all
  [ "$#" -eq 0 ] || stat -L -c 'file %f %u %g %s %n' -- "$@"
  container_logs_contents "$@"
}

container_logs_contents() {
  # shellcheck disable=SC2154 # set by the prelude
  container_logs_separator="--nodemend $nm_marker--"
  # shellcheck disable=SC2154 # set by the prelude
  printf '\n%s\n' "$container_logs_separator" >"$nm_scratch/container-logs-separator"
  container_logs_regular=''
  container_logs_parts=''
  for container_logs_path in "$@"; do
    [ -f "$container_logs_path" ] || continue
    case $container_logs_closed in *" $container_logs_path "*) continue ;; esac
    container_logs_regular=$container_logs_regular$container_logs_path'
'
    container_logs_parts=$container_logs_parts$container_logs_path'
'$nm_scratch/container-logs-separator'
'
  done
  # shellcheck disable=SC2086 # one path a line
  [ -z "$container_logs_regular" ] || sha256sum -- $container_logs_regular
  printf 'separator %s\n\n' "$container_logs_separator"
  # shellcheck disable=SC2086 # one path a line
  [ -z "$container_logs_parts" ] || cat -- $container_logs_parts
}

container_logs_accounts() {
  container_logs_users=''
  container_logs_groups=''
  while IFS=: read -r container_logs_name _; do
    container_logs_users=$container_logs_users,$container_logs_name
  done </etc/passwd
  while IFS=: read -r container_logs_name _; do
    container_logs_groups=$container_logs_groups,$container_logs_name
  done </etc/group
  printf 'accounts %s %s\n' "${container_logs_users#,}" "${container_logs_groups#,}"
}

# Goes through the paths of $container_logs_next, one a line: folders give their entries. New files are added to
# $container_logs_all and, for this round, to $container_logs_fresh.
container_logs_take() {
  container_logs_fresh=''
  IFS='
'
  set -f
  # shellcheck disable=SC2086 # one path a line
  set -- $container_logs_next
  set +f
  for container_logs_path in "$@"; do
    if [ -d "$container_logs_path" ]; then
      case $container_logs_seen in *" $container_logs_path "*) continue ;; esac
      container_logs_seen="$container_logs_seen$container_logs_path "
      echo "folder $container_logs_path"
      if [ ! -r "$container_logs_path" ]; then
        echo "closed $container_logs_path"
        continue
      fi
      for container_logs_entry in "$container_logs_path"/* "$container_logs_path"/.[!.]* "$container_logs_path"/..?*; do
        container_logs_add "$container_logs_entry"
      done
    elif [ -e "$container_logs_path" ] || [ -L "$container_logs_path" ]; then
      container_logs_add "$container_logs_path"
    else
      echo "missing $container_logs_path"
    fi
  done
}

container_logs_add() {
  case $container_logs_seen in *" $1 "*) return ;; esac
  if [ -e "$1" ]; then
    container_logs_seen="$container_logs_seen$1 "
    [ ! -L "$1" ] || echo "link $1"
    container_logs_all=$container_logs_all$1'
'
    if [ ! -r "$1" ] || ! container_logs_may_read "$1"; then
      echo "closed $1"
      container_logs_closed="$container_logs_closed$1 "
      return
    fi
    [ ! -f "$1" ] || container_logs_fresh=$container_logs_fresh$1'
'
  elif [ -L "$1" ]; then
    echo "dangling $1"
  fi
}

# Root's own configuration may include a folder of a user's, who puts a link to root's secrets there. What lies outside /etc, or
# behind a link, is read where root alone decides what it is.
container_logs_may_read() {
  nm_is_root || return 0
  case $1 in
    /etc/*) [ -L "$1" ] || return 0 ;;
  esac
  nm_path_of_root "$1"
  container_logs_code=$?
  # As it is wherever this is called.
  IFS='
'
  return "$container_logs_code"
}

# What the files of this round include, into $container_logs_next; which of their folders for old logs exist, on the output.
container_logs_named() {
  set -f
  # shellcheck disable=SC2086 # one path a line
  set -- $container_logs_fresh
  container_logs_words=$(
    # First the lines that begin with the word, for a path may hold it again.
    sed -n -e '/^[[:blank:]]*\(include\|olddir\)[[:blank:]=]/{
      s/^[[:blank:]]*\(include\|olddir\)[[:blank:]]*=\{0,1\}[[:blank:]]*\([^[:space:]][^[:cntrl:]]*\).*$/\1 \2/p
      d
      }' -e 's/^.*[[:blank:]}]\(include\|olddir\)[[:blank:]]*=\{0,1\}[[:blank:]]*\([^[:space:]][^[:cntrl:]]*\).*$/\1 \2/p' \
      -- "$@" 2>/dev/null
  )
  container_logs_next=''
  for container_logs_word in $container_logs_words; do
    container_logs_path=${container_logs_word#* }
    # Blanks at the end of a line belong to no name.
    container_logs_path=${container_logs_path%"${container_logs_path##*[![:blank:]]}"}
    case $container_logs_word in
      'olddir /'*) [ ! -d "$container_logs_path" ] || echo "olddir $container_logs_path" ;;
      'include ~/'*) container_logs_next=$container_logs_next/root/${container_logs_path#??}'
' ;;
      'include /'*) container_logs_next=$container_logs_next$container_logs_path'
' ;;
    esac
  done
}

container_logs_version() {
  command -v logrotate >/dev/null 2>&1 || return 127
  # Before 3.13 it spoke on standard error.
  logrotate --version 2>&1
}

# Which container runtimes run, and what kubelet was told to use. Of command lines and of daemon.json only the options that are
# looked for are printed: both may hold secrets.
#   process <name> <pid> · doubt <name> <why> · kubelet-option|dockerd-option <option> · kubelet-config|docker-config <line>
#   docker-root <path> · refused <why> <path>
container_logs_runtime() {
  container_logs_docker_root=''
  container_logs_endpoint=''
  nm_find_daemons
  for container_logs_name in dockerd containerd kubelet crio cri-dockerd; do
    nm_daemon "$container_logs_name"
    # shellcheck disable=SC2154 # set by nm_daemon
    if [ -n "$nm_doubt" ]; then
      echo "doubt $container_logs_name $nm_doubt"
    elif [ -n "$nm_found_pid" ]; then
      container_logs_options "$container_logs_name" "$nm_found_pid"
      echo "process $container_logs_name $nm_found_pid"
    fi
  done
  if [ -z "$container_logs_docker_root" ] && [ -r /etc/docker/daemon.json ]; then
    container_logs_line=$(sed -n 's/.*"\(data-root\|graph\)"[[:space:]]*:[[:space:]]*"\([^"\\]*\)".*/\2/p' /etc/docker/daemon.json)
    [ -z "$container_logs_line" ] || echo "docker-config $container_logs_line"
    container_logs_docker_root=$container_logs_line
  fi
  case $container_logs_docker_root in /*) ;; *) container_logs_docker_root=/var/lib/docker ;; esac
  # A rule of logrotate works in it as root.
  if ! nm_is_root || nm_place_of_root "$container_logs_docker_root/containers"; then
    echo "docker-root $container_logs_docker_root"
  else
    # shellcheck disable=SC2154 # set by nm_path_of_root
    echo "refused $nm_why $container_logs_docker_root"
    echo "doubt docker-root $nm_why" >"$nm_scratch/container-logs-refused"
    # Below it nobody finds a folder.
    container_logs_docker_root=/dev/null
  fi
  # For the sections that follow: their shells do not see this one's variables.
  echo "$container_logs_docker_root" >"$nm_scratch/container-logs-root"
  if [ -z "$container_logs_endpoint" ] && [ -r /var/lib/kubelet/config.yaml ]; then
    sed -n 's/^containerRuntimeEndpoint:/kubelet-config &/p' /var/lib/kubelet/config.yaml
  fi
}

container_logs_options() {
  case $1 in dockerd | kubelet) ;; *) return 0 ;; esac
  container_logs_wanted=''
  nm_words_of "$2"
  # shellcheck disable=SC2154 # set by nm_words_of
  while read -r container_logs_option; do
    if [ -n "$container_logs_wanted" ]; then
      container_logs_option=$container_logs_wanted=$container_logs_option
      container_logs_wanted=''
    fi
    case $1:$container_logs_option in
      kubelet:--container-runtime | kubelet:--container-runtime-endpoint | dockerd:--data-root | dockerd:--graph | dockerd:-g)
        container_logs_wanted=$container_logs_option
        ;;
      kubelet:--container-runtime=* | kubelet:--container-runtime-endpoint=*)
        echo "kubelet-option $container_logs_option"
        container_logs_endpoint=$container_logs_option
        ;;
      dockerd:--data-root=* | dockerd:--graph=* | dockerd:-g=*)
        echo "dockerd-option $container_logs_option"
        container_logs_docker_root=${container_logs_option#*=}
        ;;
    esac
  done <"$nm_words"
}

# The log files of containers with their sizes. A folder is named once:
#   at <folder>                          what follows lies in it
#   <mode, hex> <uid> <gid> <links> <bytes> <blocks of 512> <name>      links not followed; a leading = stands for the folder's name
# or `doubt docker-root <why>` alone, where others than root have a say in what docker's folder is; in parts:
#   docker <root> · resolved <its containers folder, links resolved> · pods · drivers · names
container_logs_files() {
  # Docker's folders are closed to all but root: to others they look as if nothing were in them.
  nm_is_root || return 77
  # For free-room.sh, which goes on from what is printed here.
  # shellcheck disable=SC2154 # set by the prelude
  echo "$nm_section" >"$nm_scratch/container-logs-files"
  if [ -e "$nm_scratch/container-logs-refused" ]; then
    cat "$nm_scratch/container-logs-refused"
    return 0
  fi
  read -r container_logs_docker_root <"$nm_scratch/container-logs-root" || container_logs_docker_root=/var/lib/docker
  container_logs_docker=''
  container_logs_pods=''
  [ ! -d /var/log/pods ] || container_logs_pods='/var/log/pods/*/*/*'
  if cd -P "$container_logs_docker_root/containers" 2>/dev/null; then
    container_logs_docker=$PWD
    echo "docker $container_logs_docker_root"
    echo "resolved $PWD"
    [ -z "$container_logs_pods" ] || container_logs_links
  fi
  container_logs_list
  [ -n "$container_logs_docker" ] || return 0
  echo names
  cd /var/log/containers 2>/dev/null || return 0
  printf '%s\n' *.log
}

# Of each log, and of each of docker's folders, `<path>/<mode, hex> <uid> <gid> <links>/<bytes>/<blocks of 512>`; the paths of pods' logs are absolute.
# Through a file, because through a pipe both programs wake each other for each page, which costs as much as one of them. To a file
# that has met the section's limit, or its disk's, nothing can be added: from some ten thousand logs on they go in parts through a pipe.
container_logs_list() {
  container_logs_form='%n/%f %u %g %h/%s/%b'
  IFS='
'
  if container_logs_stat >"$nm_scratch/container-logs-stat" && { echo >>"$nm_scratch/container-logs-stat"; } 2>/dev/null; then
    container_logs_fold <"$nm_scratch/container-logs-stat"
  else
    container_logs_stat_in_parts | container_logs_fold
  fi
  unset IFS
}

# Thousands of paths go straight to where they are used: handing them on once more costs the shell a millisecond. Fails where they do
# not fit on one command line (2 MiB); the 1 of stat itself is that of a file that is gone.
container_logs_stat() {
  # shellcheck disable=SC2035,SC2086 # they stand behind a -- there; one path a line, or a pattern
  if [ -n "$container_logs_docker" ]; then
    stat -c "$container_logs_form" -- * */*-json.log* $container_logs_pods
  else
    stat -c "$container_logs_form" -- $container_logs_pods
  fi 2>/dev/null
  [ "$?" -le 1 ]
}

container_logs_stat_in_parts() {
  # shellcheck disable=SC2086 # one path a line, or a pattern
  set -- $container_logs_pods
  # shellcheck disable=SC2035 # they stand behind a -- there
  [ -z "$container_logs_docker" ] || set -- * */*-json.log* "$@"
  printf '%s\0' "$@" | xargs -0 stat -c "$container_logs_form" -- 2>/dev/null
}

# With docker the logs of pods are links into its folder, of which a few tell as much as all: the first of twenty pods' are looked at,
# and the others only when one of them is none.
container_logs_links() {
  set -- /var/log/pods/*
  [ "$#" -gt 20 ] || return 0
  container_logs_found=''
  container_logs_count=0
  for container_logs_path in "$@"; do
    for container_logs_log in "$container_logs_path"/*/*; do
      [ -L "$container_logs_log" ] || return 0
      container_logs_found=$container_logs_found$container_logs_log'
'
    done
    container_logs_count=$((container_logs_count + 1))
    [ "$container_logs_count" -lt 20 ] || break
  done
  container_logs_pods=$container_logs_found
}

# Takes the folder off each path and names it once; takes its name off names that begin with it. What is absolute is a log of a pod.
# On the way it picks the logs that the section `growth` looks into: the largest sixteen that are not compressed and have 4 MiB at least.
# Of hostconfig.json, which may hold the credentials of a log driver, it prints these words alone: its driver, max-size, max-file.
container_logs_fold() {
  container_logs_docker=$container_logs_docker container_logs_pods=$container_logs_pods container_logs_largest=$nm_scratch/container-logs-largest \
    awk -F/ '
  BEGIN {
    docker = ENVIRON["container_logs_docker"]
    base = docker "/"
  }
  # The smallest of those that were picked makes room for a larger one.
  function pick(size, path,    each, least) {
    if (picked < 16) each = ++picked
    else {
      each = 1
      for (least = 2; least <= 16; least++) if (sizes[least] < sizes[each]) each = least
      if (sizes[each] >= size) return
    }
    sizes[each] = size
    paths[each] = path
  }
  NF == 5 {
    folder = $1
    name = $2
    modes = $3
    size = $4
    blocks = $5
  }
  # A folder itself, docker having one for each container.
  NF == 4 {
    if (substr($2, 1, 1) != "4") next
    last = $1
    folders[++count] = last
    print "at " last
    print $2, $3, $4, "."
    next
  }
  NF == 10 {
    if (!has_pods++) print "pods"
    base = "/var/log/pods/"
    folder = $5 "/" $6
    name = $7
    modes = $8
    size = $9
    blocks = $10
  }
  NF == 5 || NF == 10 {
    if (folder != last) {
      print "at " folder
      last = folder
    }
    # A regular file, and no archive.
    if (size >= 4194304 && substr(modes, 1, 1) == "8" && substr(name, length(name) - 2) != ".gz") pick(size + 0, base folder "/" name)
    if (index(name, folder) == 1) name = "=" substr(name, length(folder) + 1)
    print modes, size, blocks, name
  }
  END {
    if (ENVIRON["container_logs_pods"] != "" && !has_pods) print "pods"
    for (each = 1; each <= picked; each++) print paths[each] >ENVIRON["container_logs_largest"]
    if (docker == "") exit
    print "drivers"
    for (each = 1; each <= count; each++) {
      file = folders[each] "/hostconfig.json"
      while ((getline line <file) > 0) {
        if (match(line, /"LogConfig" ?: ?\{ ?"Type" ?: ?"[^"]*"/)) print file ":" substr(line, RSTART, RLENGTH)
        while (match(line, /"max-(size|file)" ?: ?"[^"]*"/)) {
          print file ":" substr(line, RSTART, RLENGTH)
          line = substr(line, RSTART + RLENGTH)
        }
      }
      close(file)
    }
  }'
}

# Room on the file systems that hold the logs, and that kubelet watches: its own folder and those of images. Asks those alone (df
# reads the table of all mounts, dead servers included).
#   <bytes a block> <blocks> <free> <free for users> <inodes> <free inodes> <id of the file system, hex> <path>
container_logs_disk() {
  read -r container_logs_docker_root <"$nm_scratch/container-logs-root" || container_logs_docker_root=/var/lib/docker
  set --
  for container_logs_path in "$container_logs_docker_root/containers" /var/log/pods /var/log /var/lib/kubelet "$container_logs_docker_root" /var/lib/containerd; do
    [ ! -d "$container_logs_path" ] || set -- "$@" "$container_logs_path"
  done
  [ "$#" -gt 0 ] || return 0
  container_logs_rooms=$(stat -f -c '%S %b %f %a %c %d %i %n' -- "$@") || return 1
  echo "$container_logs_rooms"
  container_logs_full=''
  container_logs_roomy=yes
  while read -r _ container_logs_size _ container_logs_left _ _ container_logs_id container_logs_path; do
    [ $((container_logs_left * 5)) -ge "$container_logs_size" ] || container_logs_full="$container_logs_full$container_logs_id "
    case $container_logs_path in
      */containers | /var/log/pods) [ $((container_logs_left * 4)) -ge "$container_logs_size" ] || container_logs_roomy='' ;;
    esac
  done <<ROOMS
$container_logs_rooms
ROOMS
  # For the sections `free-room` and `disk-use`, which look at nothing where there is room.
  [ -z "$container_logs_roomy" ] || : >"$nm_scratch/container-logs-roomy"
  [ -z "$container_logs_full" ] || echo "$container_logs_full" >"$nm_scratch/container-logs-full"
}

section rotation-files 5 1048576 container_logs_rotation_files
section logrotate-version 5 4096 container_logs_version
section runtime 5 65536 container_logs_runtime
section log-files 10 2097152 container_logs_files
section disk 5 4096 container_logs_disk
