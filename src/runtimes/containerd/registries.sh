# shellcheck shell=sh
# Where containerd fetches images from, and which it runs pods' sandboxes with. Of configuration files only what says that is printed:
# they may hold passwords.
#   no-containerd · doubt containerd <why>      nothing else follows
#   config <path>                       containerd's configuration file
#   running <seconds> · service <unit> · now <seconds since 1970> · file|missing|closed|large|link|refused <…>      see the prelude
#   folder <changed> <last change> <path>    one on the way to them whose last change is newer than containerd: when an entry of it came or
#                                       went, and when anything of it changed, its name among that
#   text <lines> <path>                 the lines of it that are about registries, the sandbox image, pins, and where containerd
#                                       keeps things and listens follow; *** stands for what may be a secret
#   root|no-root <folder>               of hosts' folders: what config_path names, and the usual one
#   host <folder>                       one of them; its hosts.toml is among the texts
#   more <folder>                       and more of them
#   no-file <path>                      a certificate that a hosts.toml names and that is not there
#   registry-config <path>              NKS has a file there that it merges at a node's bootstrap
containerd_registries() {
  nm_is_root || return 77
  nm_has_daemon containerd || return 0
  containerd_config=/etc/containerd/config.toml containerd_is_named=''
  # shellcheck disable=SC2154 # set by nm_daemon
  containerd_options "$nm_found_pid"
  echo "config $containerd_config"
  nm_life "$nm_found_pid"
  containerd_files='' containerd_hosts_files='' containerd_seen=' '
  # shellcheck disable=SC2154 # set by the prelude
  for containerd_list in imports roots named root state address dropped snapshotters newer; do : >"$nm_scratch/containerd-$containerd_list"; done
  containerd_limit='' containerd_above=''
  if [ -e "$containerd_config" ] || [ -L "$containerd_config" ]; then
    if containerd_found "$containerd_config"; then
      containerd_files="$containerd_config
"
    fi
  else
    echo "missing $containerd_config"
    containerd_gone
  fi
  # Hosts are looked for in the usual folder whatever the configuration names, and so they are told in one program with it.
  containerd_hosts_of /etc/containerd/certs.d
  containerd_shown || return 1
  containerd_imported
  containerd_shown || return 1
  while IFS= read -r containerd_path; do
    while [ -n "$containerd_path" ]; do
      containerd_hosts_of "${containerd_path%%:*}"
      case $containerd_path in *:*) containerd_path=${containerd_path#*:} ;; *) containerd_path='' ;; esac
    done
  done <"$nm_scratch/containerd-roots"
  containerd_shown || return 1
  while IFS= read -r containerd_path; do
    [ -e "$containerd_path" ] || echo "no-file $containerd_path"
  done <"$nm_scratch/containerd-named"
  [ ! -e /etc/containerd/registry-config.json ] || echo 'registry-config /etc/containerd/registry-config.json'
}

containerd_options() {
  nm_words_of "$1"
  containerd_wanted=''
  # shellcheck disable=SC2154 # set by nm_words_of
  while IFS= read -r containerd_word; do
    case $containerd_wanted$containerd_word in
      yes*)
        containerd_config=$containerd_word containerd_is_named=yes
        containerd_wanted=''
        ;;
      --config | -c) containerd_wanted=yes ;;
      --config=* | -c=*) containerd_config=${containerd_word#*=} containerd_is_named=yes ;;
    esac
  done <"$nm_words"
}

# Of a configuration file that is not there. Without one that its command line names no daemon starts: what the one that runs was given is
# not known. Without the usual one it does; whether that was there then its folder tells, whose last change is that of its entries.
containerd_gone() {
  [ -z "$containerd_is_named" ] || echo "closed $containerd_config"
  nm_note_now
  nm_know_the_rest "$nm_scratch/now" "${containerd_config%/*}"
  nm_is_known "$nm_scratch/now" || return 0
  # shellcheck disable=SC2154 # set by nm_is_known
  containerd_now=${nm_looks##* }
  echo "now $containerd_now"
  # shellcheck disable=SC2154 # set by nm_life
  containerd_limit=$((containerd_now - nm_age + 1))
  nm_is_known "${containerd_config%/*}" || return 0
  echo "file $nm_looks ${containerd_config%/*}"
  containerd_since "${nm_looks##* }"
}

# containerd_found PATH: what there is to say of a file of the configuration and of the way to it; fails where it is not to be read.
containerd_found() {
  nm_found_beside=''
  nm_found_file "$1" toml
  containerd_word=$?
  # shellcheck disable=SC2154 # the prelude sets them
  case $nm_found_beside in
    *' '*)
      # As registries.ts reckons it: both times are whole seconds.
      containerd_limit=$((${nm_found_beside##* } - nm_age + 1))
      containerd_since "${nm_found##* }"
      containerd_way "$1"
      [ "$nm_real_path" = "$1" ] || containerd_way "$nm_real_path"
      ;;
  esac
  return "$containerd_word"
}

# Notes for images.sh that a file, of which this is the last change, is newer than the daemon.
containerd_since() {
  [ "$1" -le "$containerd_limit" ] || echo "$1" >"$nm_scratch/containerd-newer"
}

# The way to a file: what was led or moved elsewhere is another file, however old that one is. Folders at the top are left out: nobody
# renames /etc under a system that runs, and what is in it changes all the time.
containerd_way() {
  set -- "$1" "$1"
  while :; do
    # Few are links.
    if [ -L "$2" ]; then
      containerd_line=$(stat -c 'file %f %u %g %s %Z %n' -- "$2" 2>/dev/null) || containerd_line=''
      if [ -n "$containerd_line" ]; then
        echo "$containerd_line"
        containerd_line=${containerd_line#* * * * * }
        containerd_since "${containerd_line%% *}"
      fi
    elif [ "$1" != "$2" ]; then
      containerd_folder "$2"
    fi
    set -- "$1" "${2%/*}"
    case $2 in /*/*) ;; *) return 0 ;; esac
  done
}

# A folder's own last change is that of its entries, too. Both times are asked for only where it is newer than the daemon.
containerd_folder() {
  case $containerd_above in *"
$1
"*) return 0 ;; esac
  containerd_above="$containerd_above
$1
"
  nm_know_the_rest "$1"
  nm_is_known "$1" || return 0
  # shellcheck disable=SC2154 # set by nm_is_known
  [ "${nm_looks##* }" -gt "$containerd_limit" ] || return 0
  containerd_line=$(stat -c '%Y %Z' -- "$1" 2>/dev/null) || return 0
  echo "folder $containerd_line $1"
  [ "${containerd_line%% *}" -ge "${containerd_line##* }" ] || containerd_since "${containerd_line##* }"
}

# Files that the configuration takes in; a name that is not absolute is meant beside it.
containerd_imported() {
  containerd_taken=''
  while IFS= read -r containerd_path; do
    case $containerd_path in /*) ;; *) containerd_path=${containerd_config%/*}/$containerd_path ;; esac
    case $containerd_path in
      *'*'*) containerd_matched "$containerd_path" ;;
      *)
        # Without it no daemon starts: what the one that runs was given is not known.
        [ -e "$containerd_path" ] || echo "closed $containerd_path"
        containerd_take "$containerd_path"
        ;;
    esac
  done <"$nm_scratch/containerd-imports"
  IFS='
'
  set -f
  # shellcheck disable=SC2086 # one path a line
  set -- $containerd_taken
  set +f
  unset IFS
  containerd_count=0
  for containerd_path; do
    containerd_count=$((containerd_count + 1))
    [ "$containerd_count" -le 20 ] || break
    if ! containerd_found "$containerd_path"; then
      containerd_files=''
      return 0
    fi
    containerd_files="$containerd_files$containerd_path
"
  done
}

containerd_take() {
  [ ! -f "$1" ] || containerd_taken="$containerd_taken$1
"
}

# What pattern "$1" stands for to containerd, by filepath.Glob of Go: a * is the beginning of names with a dot, too, and all are in the
# order of their bytes. What else may be in a pattern is not taken apart.
containerd_matched() {
  containerd_folder=${1%/*} containerd_name=${1##*/}
  case $containerd_folder in
    *[]*?[\\]*)
      echo "closed $1"
      return 0
      ;;
  esac
  case $containerd_name in
    *[]?[\\]* | *'**'*)
      echo "closed $1"
      return 0
      ;;
  esac
  # What is gone of it since the daemon took it in has changed the folder.
  nm_know_the_rest "$containerd_folder"
  if nm_is_known "$containerd_folder"; then
    echo "file $nm_looks $containerd_folder"
    containerd_since "${nm_looks##* }"
  fi
  IFS=''
  # shellcheck disable=SC2086 # a pattern on purpose; without IFS it is one word
  set -- "$containerd_folder"/$containerd_name
  # shellcheck disable=SC2086 # as above
  case $containerd_name in
    '*.'*) set -- "$@" "$containerd_folder"/.$containerd_name "$containerd_folder"/${containerd_name#?} ;;
    '*'*) set -- "$@" "$containerd_folder"/.$containerd_name ;;
  esac
  unset IFS
  containerd_dotted=''
  for containerd_path; do
    shift
    [ -f "$containerd_path" ] || continue
    case $containerd_path in
      *[[:cntrl:]]*)
        echo "refused odd-name $containerd_folder"
        return 0
        ;;
      "$containerd_folder"/.*) containerd_dotted=yes ;;
    esac
    set -- "$@" "$containerd_path"
  done
  [ "$#" -gt 0 ] || return 0
  if [ -n "$containerd_dotted" ]; then
    containerd_taken="$containerd_taken$(printf '%s\n' "$@" | sort -u)
"
  else
    for containerd_path; do containerd_take "$containerd_path"; done
  fi
}

# containerd_hosts_of FOLDER: what hosts there are in it, once.
containerd_hosts_of() {
  case $containerd_seen in *" $1 "*) return 0 ;; esac
  case $1 in /*) ;; *) return 0 ;; esac
  containerd_seen="$containerd_seen$1 "
  if [ ! -d "$1" ]; then
    echo "no-root $1"
    return 0
  fi
  # shellcheck disable=SC2154 # set by nm_path_of_root
  if ! nm_path_of_root "$1"; then
    echo "refused $nm_why $1"
    return 0
  fi
  echo "root $1"
  containerd_know "$1"
  containerd_count=0
  for containerd_host in "$1"/*; do
    [ -d "$containerd_host" ] || continue
    containerd_count=$((containerd_count + 1))
    if [ "$containerd_count" -gt 40 ]; then
      echo "more $1"
      break
    fi
    echo "host $containerd_host"
    [ -f "$containerd_host/hosts.toml" ] || continue
    # shellcheck disable=SC2154 # set by nm_path_of_root
    if nm_path_of_root "$containerd_host/hosts.toml" && nm_is_kind toml "$nm_real_path"; then
      containerd_hosts_files="$containerd_hosts_files$containerd_host/hosts.toml
"
    else
      echo "refused $nm_why $containerd_host/hosts.toml"
    fi
  done
}

# containerd_know FOLDER: looks at all hosts of it at once, before each is judged.
containerd_know() {
  for containerd_host in "$1"/*; do
    [ -f "$containerd_host/hosts.toml" ] || continue
    # shellcheck disable=SC2154 # path-of-root.sh sets it
    case $nm_roots in *"
$containerd_host
"*) ;; *) set -- "$@" "$containerd_host" ;; esac
    set -- "$@" "$containerd_host/hosts.toml"
    [ "$#" -lt 82 ] || break
  done
  shift
  nm_know_the_rest "$@"
}

# What TOML files say of registries, line by line, without their comments: those of $containerd_files and of $containerd_hosts_files, which
# are empty then. Values are shown of keys that hold no secret, and without what stands before an @ in an address.
containerd_shown() {
  [ -n "$containerd_files$containerd_hosts_files" ] || return 0
  IFS='
'
  set -f
  # shellcheck disable=SC2086 # one path a line
  set -- kind=config $containerd_files kind=hosts $containerd_hosts_files
  set +f
  unset IFS
  containerd_files='' containerd_hosts_files=''
  awk -v lists="$nm_scratch/containerd-" '
    BEGIN {
      count = split("version imports disabled_plugins sandbox_image discard_unpacked_layers root state address config_path endpoint server capabilities ca client skip_verify override_path " \
        "dial_timeout insecure_skip_verify ca_file cert_file key_file", names, " ")
      for (i = 1; i <= count; i++) isHarmless[names[i]] = 1
    }
    # Without a comment; keeps count of brackets in `depth`.
    function clean(text,    out, i, c, quote) {
      # As nearly all are: a text in quotes, or a word.
      if (text ~ /^[ \t]*("[^"\\]*"|[A-Za-z0-9_.-]*)[ \t\r]*$/) {
        sub(/[ \t\r]+$/, "", text)
        return text
      }
      for (i = 1; i <= length(text); i++) {
        c = substr(text, i, 1)
        if (quote != "") {
          out = out c
          if (quote == "\"" && c == "\\") {
            i++
            out = out substr(text, i, 1)
          } else if (c == quote) quote = ""
          continue
        }
        if (c == "#") break
        if (c == "\"" || c == "\047") quote = c
        else if (c == "[" || c == "{") depth++
        else if (c == "]" || c == "}") depth--
        out = out c
      }
      sub(/[ \t\r]+$/, "", out)
      return out
    }
    # How long the key is that a line begins with, its parts joined by points; 0 for a line with none.
    function key_of(text,    at, c) {
      for (at = 0; match(substr(text, at + 1), /^[ \t]*("[^"]*"|\047[^\047]*\047|[A-Za-z0-9_-]+)[ \t]*/); at++) {
        at += RLENGTH
        c = substr(text, at + 1, 1)
        if (c == "=") return at
        if (c != ".") return 0
      }
      return 0
    }
    function keep(text) {
      gsub(/\/\/[^\/@" ]*@/, "//***@", text)
      shown[++lines] = text
    }
    # The texts of a value, into the list that it belongs to.
    function listed(text,    list, value) {
      list = last == "imports" || last == "config_path" || isOfPlace ? last : kind == "hosts" && (last == "ca" || last == "client") ? "named" : ""
      if (list == "") return
      while (match(text, /"[^"]*"|\047[^\047]*\047/)) {
        value = substr(text, RSTART + 1, RLENGTH - 2)
        text = substr(text, RSTART + RLENGTH)
        if (value == "") continue
        if (list == "named" && substr(value, 1, 1) != "/") value = folder "/" value
        print value >>(lists (list == "config_path" ? "roots" : list))
      }
    }
    # One by which CRI keeps images, or, behind a +, of a class of pods or of a client alone; ? for what is no name.
    function snapshotter(value) {
      gsub(/^[ \t]*["\047]?|["\047]$/, "", value)
      if (value != "") print ((header "." key) ~ /[.]runtimes[.]|runtime_platforms|unpack_config/ ? "+" : "") (value ~ /^[A-Za-z0-9][A-Za-z0-9._-]*$/ ? value : "?") >>(lists "snapshotters")
    }
    function told(    i) {
      if (path == "") return
      print "text " lines + 0 " " path
      for (i = 1; i <= lines; i++) print shown[i]
    }
    FNR == 1 {
      told()
      path = FILENAME
      folder = path
      sub(/\/[^\/]*$/, "", folder)
      lines = depth = isOpen = 0
      header = pending = ending = ""
    }
    ending != "" {
      if (index($0, ending) > 0) ending = ""
      next
    }
    isOpen {
      value = clean($0)
      if (isShown) {
        keep(value)
        listed(value)
      }
      isOpen = depth > 0
      next
    }
    {
      line = $0
      sub(/^[ \t]+/, "", line)
      sub(/[ \t\r]+$/, "", line)
      depth = 0
    }
    line == "" || line ~ /^#/ { next }
    line ~ /^\[/ {
      header = clean(line)
      pending = ""
      if (kind == "hosts" || header ~ /registry|\.cri[].v"\047]/) keep(header)
      else pending = header
      next
    }
    !(keyEnd = key_of(line)) {
      # No TOML: its reader will say so.
      keep("?")
      next
    }
    {
      key = substr(line, 1, keyEnd)
      value = substr(line, keyEnd + 2)
      sub(/[ \t]+$/, "", key)
      last = key
      sub(/^.*\./, "", last)
      gsub(/["\047 \t]/, "", last)
      if (kind == "config" && value ~ /^[ \t]*\{/ && header ~ /^(\[ *plugins *\])?$/ && key ~ /plugins|cri/) {
        # A plugin in one line is not taken apart: its reader will say so.
        keep("?")
        if (value ~ /snapshotter/) snapshotter("?")
        next
      }
      isOfPins = (header key) ~ /pinned_images/
      # Of the daemon itself: plugins have roots, and others addresses.
      isOfPlace = kind == "config" && ((header key) ~ /^(root|state) *$/ || (header "." key) ~ /^(\[ *grpc *\])?[.]( *grpc *[.])? *address *$/ && (header key) ~ /grpc/)
      isOfRegistries = kind == "hosts" || (header key) ~ /registry/ || (header == "" && last in isHarmless) || isOfPins || isOfPlace \
        || last == "sandbox_image" || last == "discard_unpacked_layers"
      isShown = isOfRegistries && (last in isHarmless || isOfPins) && header !~ /\.headers?\]/ && value !~ /"""|\047\047\047/
      if (match(value, /^[ \t]*("""|\047\047\047)/)) {
        ending = substr(value, RSTART + RLENGTH - 3, 3)
        if (index(substr(value, RSTART + RLENGTH), ending) > 0) ending = ""
        cleaned = ""
      } else cleaned = clean(value)
      isOpen = depth > 0
      # For images.sh: a layer that is missing is no fault then, and which snapshotter has what is unpacked.
      if (kind == "config" && last == "discard_unpacked_layers" && cleaned ~ /true/) print last >>(lists "dropped")
      if (kind == "config" && last == "snapshotter") snapshotter(cleaned)
      if (!isOfRegistries) next
      if (pending != "") {
        keep(pending)
        pending = ""
      }
      if (!isShown) {
        keep(key " = \"***\"")
        next
      }
      keep(key " =" cleaned)
      listed(cleaned)
    }
    END { told() }
  ' "$@"
}

section containerd/registries 5 65536 containerd_registries
