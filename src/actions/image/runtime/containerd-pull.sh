# shellcheck shell=sh disable=SC2034,SC2154 # prelude.sh, containerd.sh and what calls it go before it
# Pulls with ctr, the program that every node with containerd has.

# ctr asks a terminal for the password, so that it is no argument; script(1) gives it one. What the terminal shows goes nowhere.
require_login_tool() {
  command -v script >/dev/null 2>&1 || refuse tool-missing script
}

# Standard input is the password, and nothing where nobody logs in.
begin_pull() {
  password=''
  IFS= read -r password || :
  nm_socket=$socket nm_name=$from nm_platform=$platform nm_label=$run_label=$run nm_user=$user nm_fetch=$fetch
  nm_local=$(locally pull)
  leases=$(leases ls -q) || fail runtime-client "$(runtime_words)"
  find_content
  case $hosts in
    runtime) nm_hosts=--hosts-dir=$hosts_folder ;;
    plain-http) nm_hosts=--plain-http ;;
    *) nm_hosts=--plain-http=false ;;
  esac
  nm_skip=${skip_verify:+--skip-verify} nm_ca=${ca:+--tlscacert=$ca}
  nm_certificate=${certificate:+--tlscert=$certificate} nm_key=${tls_key:+--tlskey=$tls_key}
  export nm_socket nm_name nm_platform nm_label nm_user nm_fetch nm_local nm_hosts nm_skip nm_ca nm_certificate nm_key
  # shellcheck disable=SC2016,SC2089 # expanded by the shell that runs it
  nm_pull='echo $$ >"$nm_fetch/pid"
exec ctr --address "$nm_socket" --namespace k8s.io images pull $nm_local "$nm_hosts" $nm_skip ${nm_ca:+"$nm_ca"} \
  ${nm_certificate:+"$nm_certificate"} ${nm_key:+"$nm_key"} ${nm_user:+--user "$nm_user"} \
  --platform "$nm_platform" --label "$nm_label" "$nm_name" 2>"$nm_fetch/log"'
  # shellcheck disable=SC2090
  export nm_pull
  # How ctr ended is told by the shell above it: not every script(1) hands that on. Of what it shows is kept whether it shows anything.
  # shellcheck disable=SC2016,SC2089
  pull_command='{
  sh -c "$nm_pull"
  echo "$?" >"$nm_fetch/code"
} | {
  head -c 1 >"$nm_fetch/told"
  cat >/dev/null
}
exit "$(cat "$nm_fetch/code")"'
}

pull() {
  if [ -z "$user" ]; then
    sh -c "$pull_command" 2>/dev/null
    return
  fi
  # Its input stays open as long as ctr runs: older ones of script(1) end with it.
  {
    printf '%s\n' "$password"
    while kill -0 "$$" 2>/dev/null; do
      sleep 1
      [ ! -s "$fetch/pid" ] || kill -0 "$(cat "$fetch/pid")" 2>/dev/null || break
    done
  } 2>/dev/null | SHELL=/bin/sh script -q -c "stty -echo; $pull_command" /dev/null >/dev/null 2>&1
}

pull_failed() {
  [ "$(cat "$fetch/ended" 2>/dev/null)" != 0 ] || grep -q '^ctr: ' "$fetch/log"
}

# Whether nobody but root can make a folder, which has no links in it, or what leads to it, anything else: is_of_root FOLDER
is_of_root() {
  way=$1
  set --
  while [ -n "$way" ]; do
    set -- "$@" "$way"
    way=${way%/*}
  done
  owners=$(stat -c '%u %a' / "$@" 2>/dev/null) || return 1
  while read -r owner mode; do
    case "$owner $mode" in
      '0 '*[0145][0145]) ;;
      *) return 1 ;;
    esac
  done <<LINES
$owners
LINES
}

# Sets content_root to the folder in which containerd keeps what it pulls, as it says itself, and had to the parts that are in it; to
# nothing where that is not known, or could be somebody else's work.
find_content() {
  content_root='' had=' '
  [ -n "$parts" ] || return 0
  exports=$(ctr --address "$socket" --timeout 30s plugins ls --detailed id==content 2>/dev/null) || return 0
  while read -r word folder; do
    [ "$word" != root ] || content_root=$(cd -P "$folder" 2>/dev/null && pwd -P) || content_root=''
  done <<LINES
$exports
LINES
  if [ -z "$content_root" ] || ! is_of_root "$content_root"; then
    content_root=''
    return 0
  fi
  for part in $parts; do
    ! is_whole "$part" || had="$had$part "
  done
}

is_whole() {
  [ -f "$content_root/blobs/sha256/${1#sha256:}" ]
}

# Sets growing to the parts that come now, each with how much of it is there. What comes grows in ingest/*/data, and is moved to blobs
# when it is whole.
find_growing() {
  sizes=$(stat -c '%s %n' "$content_root"/ingest/*/data) || :
  growing=' '
  while read -r size file; do
    ref=''
    IFS= read -r ref <"${file%data}ref" || :
    case $ref in k8s.io/*sha256:*) growing="${growing}sha256:${ref##*sha256:} $size " ;; esac
  done <<LINES
$sizes
LINES
}

# Sets amount to how much of a part has come that is not whole yet: find_amount PART, after find_growing
find_amount() {
  amount=0
  case $growing in *" $1 "*) amount=${growing#*" $1 "} ;; esac
  amount=${amount%% *}
}

# Prints how much of each part is there: of those that come before those that are whole, as they are moved.
parts_of_pull() {
  [ -n "$content_root" ] || return 0
  find_growing
  for part in $parts; do
    find_amount "$part"
    ! is_whole "$part" || amount=whole
    case $had in *" $part "*) amount=had ;; esac
    printf ' %.12s:%s' "${part#sha256:}" "$amount"
  done
}

# Prints the first part of which more has come than all of the image may take: containerd 1.6 takes whatever a registry sends, and
# looks at its size when that ends: overflow_of_pull BYTES
overflow_of_pull() {
  [ -n "$content_root" ] && [ "$1" -gt 0 ] || return 0
  find_growing
  for part in $parts; do
    find_amount "$part"
    if [ "$amount" -gt "$1" ]; then
      printf '%s' "$part"
      return
    fi
  done
}

# What changes as long as something comes, or is unpacked. The last column of the list is an age.
progress_of_pull() {
  active=$(ctr --address "$socket" --namespace k8s.io --timeout 20s content active 2>/dev/null) || return 1
  {
    read -r _ || :
    coming=no
    while read -r ref size _; do
      coming=yes
      printf '%s %s\n' "$ref" "$size"
    done
    [ "$coming" = yes ] || stat -f -c %a "$room_path" 2>/dev/null
  } <<LINES
$active
LINES
}

# A blob whose file was removed behind containerd is there to it, and is not pulled again: what is not there is forgotten. The words may
# be the registry's own, about a blob of any image: containerd itself has to have it no more. Fails when nothing is forgotten:
# forget_absent_blob WORDS
forget_absent_blob() {
  case $1 in
    *'blob sha256:'*'not found'*) ;;
    *) return 1 ;;
  esac
  absent=${1#*blob sha256:}
  absent=sha256:${absent%%[!0-9a-f]*}
  ! kept=$(content get "$absent" 2>&1 >/dev/null) || return 1
  case $kept in *'not found'*) ;; *) return 1 ;; esac
  content rm "$absent" >/dev/null 2>&1
}

# A pull that was killed leaves its own lease, which holds all that it brought for a day: the one that is new since, or none where
# others pull, too. No lease can be given to ctr, and none be asked what it holds; but what ctr shows of its progress it shows under
# its lease (cmd/ctr/commands/images/pull.go: WithLease, then Fetch). One that showed nothing has none yet, and one that ended by itself
# in that moment has ended its own: what is new is kubelet's. What is not ended here ends by itself.
collect() {
  if [ -s "$fetch/stopped" ] && [ -s "$fetch/told" ] && [ "$(cat "$fetch/code" 2>/dev/null)" = 137 ]; then
    newer=$(leases ls -q 2>/dev/null | { grep -vxF -e "$leases" || :; })
    [ "$(printf '%s\n' "$newer" | wc -l)" -ne 1 ] || [ -z "$newer" ] || leases rm "$newer" >/dev/null 2>&1 || :
  fi
  collect_now || :
}
