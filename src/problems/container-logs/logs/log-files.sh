# shellcheck shell=sh
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
  nm_docker_root
  # shellcheck disable=SC2154 # set by nm_docker_root
  if [ -n "$nm_root_refused" ]; then
    echo "doubt docker-root ${nm_root_refused%% *}"
    return 0
  fi
  container_logs_docker=''
  container_logs_pods=''
  [ ! -d /var/log/pods ] || container_logs_pods='/var/log/pods/*/*/*'
  # shellcheck disable=SC2154 # set by nm_docker_root
  if cd -P "$nm_docker_root/containers" 2>/dev/null; then
    container_logs_docker=$PWD
    echo "docker $nm_docker_root"
    echo "resolved $PWD"
    [ -z "$container_logs_pods" ] || container_logs_links
  elif [ -n "$container_logs_pods" ] && cd /var/log/pods 2>/dev/null; then
    # From there, for each of thousands of paths is then looked up in one step, and taken apart in half the time.
    container_logs_pods='*/*/*'
  fi
  container_logs_list
  [ -n "$container_logs_docker" ] || return 0
  echo names
  cd /var/log/containers 2>/dev/null || return 0
  printf '%s\n' *.log
}

# Of each log, and of each of docker's folders, `<path>/<mode, hex> <uid> <gid> <links>/<bytes>/<blocks of 512>`; the paths of pods' logs are absolute
# beside those of docker.
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

# With docker the logs of pods are links into its folder, and a few tell as much as all: the first of twenty pods' are looked at,
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
  NF == 6 || NF == 10 {
    if (!has_pods++) print "pods"
    base = "/var/log/pods/"
    folder = $(NF - 5) "/" $(NF - 4)
    name = $(NF - 3)
    modes = $(NF - 2)
    size = $(NF - 1)
    blocks = $NF
  }
  NF == 5 || NF == 6 || NF == 10 {
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

section container-logs/log-files 10 2097152 container_logs_files
