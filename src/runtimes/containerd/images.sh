# shellcheck shell=sh
# The images that containerd keeps for kubelet (namespace k8s.io), how whole they are, and which of them run. One start of ctr; the
# rest is read of containerd's own folders: manifests as they are stored, names of running containers as runc was given them.
# Only where layers are missing that should be there ctr is asked once more: whether those images are unpacked.
#   no-containerd · doubt containerd <why>      nothing else follows
#   refused <why> <path>                of ctr, or of a folder of containerd's
#   no-client                           there is no ctr; nothing follows but what runs
#   room <…> <folder>                   the file system of a folder that is not the usual one, as disk/room tells it; - where it was not told
#   machine <architecture>              as uname names it
#   record <digest> <platforms> <labels> <name>     of the labels those of CRI, of pins and of nodemend, joined by commas; - for none. = stands for
#                                       the digest of the image or index told last, and once for platforms and labels that are those of the record before
#   also <name>                         a record that is, but for its name, like the one before: @ at its end stands for @<digest>, @ alone for that
#                                       behind the name of its `record` without its tag, and = alone for the configuration that the manifest
#                                       names; CRI keeps each image under three names
#   odd <how many>                      records whose line could not be taken apart
#   muddled                             lines of the list are not containerd's own, nobody knows which; no record is told
#   manifest <digest> <config> <layers> <bytes> <missing layers> <is the config there: 1 or 0>
#   child <index> <digest> <os>/<architecture>[/<variant>]      of an image for several platforms, those that are here; behind each its
#                                       manifest, = for its digest
#   unpacked <digest> yes|no|?          of what a record names, where a layer is missing and containerd's configuration keeps layers
#   absent <digest>                     what a record names is not in the content store
#   unread <digest>                     it is not a manifest, or too large for one
#   use <containers> container|sandbox <name>       of running ones
#   made <name>                         of running sandboxes, of which one at least was started since this daemon was: what it makes them from
#   given <name>                        what containerd said at its start that it makes sandboxes from (before 2.0); asked only where its files
#                                       are newer
#   unnamed <sandboxes>                 that run without saying what they were made from (containerd before 1.7)
#   download <bytes> <what>             one that has not ended
containerd_images() {
  nm_is_root || return 77
  nm_has_daemon containerd || return 0
  # shellcheck disable=SC2154 # set by nm_daemon
  containerd_places "$nm_found_pid"
  nm_age_of "$nm_found_pid"
  # shellcheck disable=SC2154 # set by the prelude
  containerd_list='' containerd_check='' containerd_names=$nm_scratch/containerd-blobs containerd_tasks=/dev/null
  # registries.sh found that the files may not be those that it was given.
  [ ! -s "$nm_scratch/containerd-newer" ] || containerd_given
  # shellcheck disable=SC2154 # set by nm_path_of_root
  if nm_path_of_root "$containerd_state"; then
    containerd_tasks=$nm_real_path/io.containerd.runtime.v2.task/k8s.io
  else
    echo "refused $nm_why $containerd_state"
  fi
  if nm_path_of_root "$containerd_root"; then
    containerd_root=$nm_real_path
    [ "$containerd_root" = /var/lib/containerd ] || stat -f -c 'room %S %b %f %a %c %d %i %n' -- "$containerd_root" 2>/dev/null ||
      echo "room - $containerd_root"
    containerd_blobs=$containerd_root/io.containerd.content.v1.content/blobs/sha256
    containerd_downloads
    if containerd_client; then containerd_listed || return 1; fi
  else
    echo "refused $nm_why $containerd_root"
  fi
  # Where no container ever ran there is no such folder.
  containerd_running=''
  ! cd "$containerd_tasks" 2>/dev/null || containerd_running='./*'
  containerd_told
}

# containerd 1.x prints the configuration of its CRI plugin when it starts (pkg/cri/cri.go; passwords may be in it, so that one value is
# taken here). The journal knows by the kernel whose line it is, and in the line itself all that could end it is quoted. Where something
# else in it looks like that value, nothing is said.
containerd_given() {
  command -v timeout >/dev/null && command -v journalctl >/dev/null || return 0
  # shellcheck disable=SC2154 # set by nm_age_of
  containerd_word=$(($(date +%s) - nm_age))
  timeout 3 journalctl --quiet --no-pager -o cat --boot --since "@$((containerd_word - 5))" --until "@$((containerd_word + 120))" "_PID=$nm_found_pid" 2>/dev/null |
    sed -n '/^time="[^"]*" level=info msg="Start cri plugin with config {PluginConfig:{/{
      / SandboxImage:.* SandboxImage:/!s/.* SandboxImage:\([^ ]*\) StatsCollectPeriod:.*/given \1/p
      q
    }'
}

# A daemon that hangs takes this section's time, and no other's.
containerd_listed() {
  containerd_list=$nm_scratch/containerd-records
  "$containerd_ctr" --address "$containerd_address" --namespace k8s.io images ls >"$containerd_list" || return 1
  nm_machine_is
  containerd_look >"$containerd_names"
  # Layers that are dropped once they are unpacked are missing as they should, and those of a snapshotter that fetches them when they are read.
  [ ! -s "$nm_scratch/containerd-dropped" ] && containerd_snapshotter_is || return 0
  case $containerd_snapshotter in
    overlayfs | native | btrfs | zfs | devmapper | blockfile | erofs) ;;
    *) return 0 ;;
  esac
  export containerd_ctr containerd_address containerd_snapshotter
  # What runs awk is held to some memory (see containerd_told), which a program of Go reserves at its start.
  # shellcheck disable=SC2016 # for the shell of awk
  containerd_check='ulimit -S -v "$(ulimit -H -v)"; check() { "$containerd_ctr" --address "$containerd_address" --namespace k8s.io images check --snapshotter "$containerd_snapshotter" "$@"; echo "ended $?"; }; check'
}

# Which snapshotter CRI uses, by what registries.sh read of the configuration; fails where images may be in one of several.
containerd_snapshotter_is() {
  containerd_snapshotter='' containerd_wanted=''
  while IFS= read -r containerd_word; do
    case $containerd_word in
      +*) containerd_wanted="$containerd_wanted ${containerd_word#+}" ;;
      *) [ -z "$containerd_snapshotter" ] || [ "$containerd_snapshotter" = "$containerd_word" ] || return 1
        containerd_snapshotter=$containerd_word ;;
    esac
  done <"$nm_scratch/containerd-snapshotters"
  containerd_snapshotter=${containerd_snapshotter:-overlayfs}
  for containerd_word in $containerd_wanted; do
    [ "$containerd_word" = "$containerd_snapshotter" ] || return 1
  done
  [ "$containerd_snapshotter" != '?' ]
}

# Where the daemon keeps and does things: its command line, else its configuration, else the defaults.
containerd_places() {
  containerd_root=/var/lib/containerd containerd_state=/run/containerd containerd_address=''
  for containerd_place in root state address; do
    [ ! -s "$nm_scratch/containerd-$containerd_place" ] || while IFS= read -r containerd_word; do
      containerd_place_is "$containerd_place" "$containerd_word"
    done <"$nm_scratch/containerd-$containerd_place"
  done
  nm_words_of "$1"
  containerd_wanted=''
  # shellcheck disable=SC2154 # set by nm_words_of
  while IFS= read -r containerd_word; do
    if [ -n "$containerd_wanted" ]; then
      containerd_place_is "$containerd_wanted" "$containerd_word"
      containerd_wanted=''
      continue
    fi
    case $containerd_word in
      --root | --state | --address) containerd_wanted=${containerd_word#--} ;;
      -a) containerd_wanted=address ;;
      --root=* | --state=* | --address=*)
        containerd_word=${containerd_word#--}
        containerd_place_is "${containerd_word%%=*}" "${containerd_word#*=}"
        ;;
      -a=*) containerd_place_is address "${containerd_word#-a=}" ;;
    esac
  done <"$nm_words"
  containerd_address=${containerd_address:-$containerd_state/containerd.sock}
}

containerd_place_is() {
  case $1:$2 in
    root:/*) containerd_root=$2 ;;
    state:/*) containerd_state=$2 ;;
    address:/*) containerd_address=$2 ;;
  esac
}

# For other facts about what containerd keeps: the folder that it keeps it in, without links, in $containerd_root. Where it has none that
# is to be looked into, it says so and fails.
containerd_keeps() {
  nm_has_daemon containerd || return 1
  containerd_places "$nm_found_pid"
  if nm_path_of_root "$containerd_root"; then
    containerd_root=$nm_real_path
    return 0
  fi
  echo "refused $nm_why $containerd_root"
  return 1
}

# ctr lies beside containerd where it is not on the path; as root it must be root's own.
containerd_client() {
  # shellcheck disable=SC2154 # set by nm_on_path
  if nm_on_path ctr; then
    containerd_ctr=$nm_program
  else
    nm_program=$(readlink "/proc/$nm_found_pid/exe")
    containerd_ctr=${nm_program%/*}/ctr
    if [ ! -x "$containerd_ctr" ]; then
      echo no-client
      return 1
    fi
  fi
  nm_path_of_root "$containerd_ctr" && return 0
  echo "refused $nm_why $containerd_ctr"
  return 1
}

containerd_downloads() {
  containerd_count=0
  for containerd_path in "$containerd_root"/io.containerd.content.v1.content/ingest/*/data; do
    [ -f "$containerd_path" ] || continue
    containerd_count=$((containerd_count + 1))
    [ "$containerd_count" -le 20 ] || return 0
    containerd_word=''
    { IFS= read -r containerd_word <"${containerd_path%/data}/ref"; } 2>/dev/null
    case $containerd_word in *[!A-Za-z0-9_:./@-]*) containerd_word='?' ;; esac
    stat -c "download %s ${containerd_word:-?}" -- "$containerd_path" 2>/dev/null
  done
}

# The name of each blob. How large one is would take a program: what is read of one is bounded instead.
containerd_look() {
  cd "$containerd_blobs" 2>/dev/null || return 0
  printf '%s\n' *
}

# In one program, whose start is most of what a small one takes, what is told of the folders of $containerd_running, each of a running container, and of
# what ctr listed. The pattern stands where it is used: five hundred paths are not handed on.
# Names are in runc's configuration as annotations; in a value of anybody's the quotes would be escaped. Such a file is one line of 4 to
# 20 KB: awk looks for a fixed text in it in a third of the time that grep takes for a pattern, and in less when its first letter is rare.
# Then each manifest that a record names is taken apart, once. Strings of a manifest are what stands between quotes: those that hold a
# quote of their own are blanked before.
# A blob is read line by line, and no further than a manifest is long. Of one that has none for long it is the time or the memory of this
# section that ends, and not the node's.
containerd_told() {
  # shellcheck disable=SC3045 # each sh of Linux has them
  ulimit -S -v 131072 2>/dev/null
  # shellcheck disable=SC2086,SC2154 # a pattern; set by nm_age_of
  exec awk -v started="$nm_started" -v list="$containerd_list" -v names="$containerd_names" -v folder="$containerd_blobs/" -v check="$containerd_check" '
    # What stands behind an annotation of CRI; the first of them is looked for once.
    function value_of(name,    at, value) {
      name = "\"io.kubernetes.cri." name "\":\""
      at = index(text, name)
      if (at == 0) return ""
      value = substr(text, at + length(name), 1024)
      at = index(value, "\"")
      return at == 0 ? "" : substr(value, 1, at - 1)
    }
    # Whether the container of this folder was started since the daemon was, by the kernel alone (the 22nd field of proc(5)).
    function is_since(folder,    pid, file, line, fields) {
      file = folder "/init.pid"
      getline pid <file
      close(file)
      if (started == "" || pid !~ /^[0-9]+$/) return 0
      file = "/proc/" pid "/stat"
      getline line <file
      close(file)
      sub(/.*\) /, "", line)
      return split(line, fields, " ") > 19 && fields[20] + 0 >= started + 0
    }
    function note_use(folder,    at, kind, name) {
      at = index($0, "kubernetes.cri.")
      if (at == 0) return 0
      text = substr($0, at - 4)
      kind = value_of("container-type")
      if (kind != "container" && kind != "sandbox") return 0
      name = value_of(kind == "sandbox" ? "podsandbox.image-name" : "image-name")
      if (name != "") {
        uses[kind " " name]++
        if (kind == "sandbox" && !(name in made) && is_since(folder)) made[name] = 1
      }
      else if (kind == "sandbox") unnamed++
      return 1
    }
    function told_uses(    at, file, use) {
      # A container may be gone by now; as an argument, a file that is not there would be the end.
      for (at = 1; at < ARGC; at++) {
        file = ARGV[at] "/config.json"
        while ((getline <file) > 0) if (note_use(ARGV[at])) break
        close(file)
      }
      for (use in uses) print "use", uses[use], use
      for (use in made) print "made", use
      if (unnamed > 0) print "unnamed", unnamed
    }
    function hex(digest) { return substr(digest, 8) }
    function is_digest(text) { return length(text) == 71 && text ~ /^sha256:[0-9a-f]+$/ }
    # What of the labels says something about pins and about whose the record is. Nearly all records have the same.
    function told(labels) {
      if (labels in told_of) return told_of[labels]
      return told_of[labels] = told_anew(labels)
    }
    function told_anew(labels,    count, all, i, out) {
      sub(/ +$/, "", labels)
      count = split(labels, all, ",")
      for (i = 1; i <= count; i++)
        if (all[i] ~ /^(io[.]cri[.-]containerd[.]|nodemend[.]dev\/)|pinned/ && all[i] !~ /[ \t]/ && length(out) < 400) out = out (out == "" ? "" : ",") all[i]
      return out == "" ? "-" : out
    }
    function read_blob(digest,    file, line, lines) {
      if (!(hex(digest) in here)) return 0
      file = folder hex(digest)
      text = ""
      while (length(text) <= 131072 && lines++ <= 4096 && (getline line <file) > 0) text = text line "\n"
      close(file)
      return length(text) <= 131072 && lines <= 4096 && text ~ /^[ \t\r\n]*\{/ ? 1 : -1
    }
    # As nearly all are written: the object of the configuration, then an array of objects of layers, and no other object or array. What
    # is not taken apart here is by take_apart; both say the same.
    function is_plain(    part, count, object, at, end, i) {
      if (index(text, "\\") || split(text, part, "[") != 2 || split(part[1], object, "{") != 3) return 0
      if (object[2] !~ /"config"[ \t\r\n]*:[ \t\r\n]*$/) return 0
      at = index(object[3], "}")
      if (at == 0 || substr(object[3], at) !~ /^\}[ \t\r\n]*,[ \t\r\n]*"layers"[ \t\r\n]*:[ \t\r\n]*$/) return 0
      if (!is_descriptor(substr(object[3], 1, at))) return 0
      config = value
      bytes = size
      at = index(part[2], "]")
      if (at == 0 || index(substr(part[2], at), "{")) return 0
      count = split(substr(part[2], 1, at - 1), object, "{")
      layers = count == 0 ? 0 : count - 1
      missing = 0
      for (i = 2; i <= count; i++) {
        # An object in an object would be closed in the piece behind.
        at = index(object[i], "}")
        end = substr(object[i], at)
        if (at == 0 || end != "}," && end !~ /^\}[ \t\r\n]*,?[ \t\r\n]*$/) return 0
        if (!is_descriptor(object[i])) return 0
        if (!(hex(value) in here)) missing++
        bytes += size
      }
      return 1
    }
    # One digest and one size; without a backslash nothing but a key looks like one.
    function is_descriptor(object,    at, rest) {
      at = index(object, "\"digest\":\"sha256:")
      if (at == 0) at = index(object, "\"digest\": \"sha256:") + 1
      if (at == 1) return 0
      value = substr(object, at + 10, 71)
      rest = substr(object, at + 81)
      if (substr(rest, 1, 1) != "\"" || index(rest, "\"digest\"")) return 0
      at = index(object, "\"size\":")
      if (at == 0) return 0
      rest = substr(object, at + 7)
      size = rest + 0
      return rest ~ /^ ?[0-9]+[^0-9.eE]/ && !index(rest, "\"size\"")
    }
    # Tokens by their depth: keys[d] is the last key at depth d.
    function number_after(text) {
      sub(/^[ \t]*:[ \t]*/, "", text)
      return match(text, /^[0-9]+/) ? substr(text, 1, RLENGTH) + 0 : 0
    }
    function took(   path) {
      path = keys[1] "/" (depth > 2 ? keys[depth] : keys[2]) "/" depth
      if (path == "config/digest/2") config = value
      else if (path == "config/size/2") bytes += value
      else if (path == "layers/digest/3") {
        layers++
        if (!(hex(value) in here)) missing++
      } else if (path == "layers/size/3") bytes += value
      else if (path == "manifests/digest/3") child[children] = value
      else if (keys[1] == "manifests" && keys[3] == "platform" && depth == 4) {
        if (keys[4] == "os") system_of[children] = value
        else if (keys[4] == "architecture") machine_of[children] = value
        else if (keys[4] == "variant") variant_of[children] = value
      }
    }
    function take_apart(    i, j, c, between) {
      config = ""
      bytes = layers = missing = children = depth = 0
      split("", keys)
      gsub(/\\\\/, "", text)
      gsub(/\\"/, "", text)
      gsub(/[\r\n]/, " ", text)
      pieces = split(text, piece, "\"")
      for (i = 1; i <= pieces; i++) {
        if (i % 2 == 0) {
          if (piece[i + 1] ~ /^[ \t]*:/) {
            keys[depth] = piece[i]
            if (piece[i] == "size") {
              value = number_after(piece[i + 1])
              took()
            }
          } else {
            value = piece[i]
            took()
          }
          continue
        }
        between = piece[i]
        if (between !~ /[][{}]/) continue
        for (j = 1; j <= length(between); j++) {
          c = substr(between, j, 1)
          if (c == "{" || c == "[") {
            depth++
            keys[depth] = ""
            if (c == "{" && depth == 3 && keys[1] == "manifests") {
              children++
              child[children] = system_of[children] = machine_of[children] = variant_of[children] = ""
            }
          } else if (c == "}" || c == "]") depth--
        }
      }
    }
    # What was told last is not told again: of each image its digest would be there three times.
    function describe(digest, isChild,    state, i, count, found, platform, kept) {
      if (digest in described) return
      described[digest] = 1
      state = is_digest(digest) ? read_blob(digest) : -1
      if (state == 0) {
        if (!isChild) print "absent", digest
        return
      }
      if (state > 0 && !is_plain()) take_apart()
      if (state > 0 && is_digest(config)) {
        # mawk prints a number over 2 GiB as 2.14748e+09.
        print "manifest", isChild ? "=" : digest, config, layers + 0, sprintf("%.0f", bytes), missing + 0, (hex(config) in here) + 0
        config_of[digest] = config
        if (!isChild) told_last = digest
        if (missing > 0) lacks[digest] = 1
        return
      }
      if (state < 0 || children == 0 || isChild) {
        print "unread", digest
        return
      }
      for (i = 1; i <= children; i++) {
        if (!is_digest(child[i]) || !(hex(child[i]) in here)) continue
        kept = system_of[i] "/" machine_of[i] (variant_of[i] == "" ? "" : "/" variant_of[i])
        if (kept !~ /^[A-Za-z0-9_.\/-]+$/) continue
        found[++count] = child[i]
        platform[count] = kept
      }
      for (i = 1; i <= count; i++) {
        print "child", digest, found[i], platform[i]
        told_last = digest
        describe(found[i], 1)
        if (found[i] in lacks) lacks[digest] = 1
      }
    }
    # Records that are alike but for their names are told one behind the other.
    function keep(digest, what, name) {
      if (!(what in alike)) kind[++kinds] = what
      name_of[what, ++alike[what]] = name
      order[++records] = digest
      recorded[digest]
    }
    function without_tag(name) {
      sub(/:[^:\/@]*$/, "@", name)
      return name
    }
    function tell_names(what,    digest, i, name, at, short) {
      digest = substr(what, 1, 71)
      describe(digest, 0)
      at = substr(what, 73)
      print "record", digest == told_last ? "=" : digest, at == told_kind ? "=" : at, name_of[what, 1]
      told_kind = at
      short = without_tag(name_of[what, 1])
      for (i = 2; i <= alike[what]; i++) {
        name = name_of[what, i]
        at = length(name) - 71
        if (name == config_of[digest]) name = "="
        else if (at > 0 && substr(name, at) == "@" digest) {
          name = substr(name, 1, at)
          if (name == short) name = "@"
        }
        else if (name == "=" || substr(name, length(name)) == "@") {
          print "record", what, name
          short = without_tag(name)
          continue
        }
        print "also", name
      }
    }
    # In a line of ctr the last digest is that of the record; more of them than a command line takes are not asked by name.
    # A check that failed says false: where none was true it may have been that of the snapshotter.
    function ask_unpacked(    i, count, asked, answer, digest, isAnswered) {
      for (i = 1; i <= records; i++)
        if (order[i] in lacks && !(order[i] in answer)) {
          answer[order[i]] = "?"
          if (++count <= 500) asked = asked " target.digest==" order[i]
        }
      if (count == 0) return
      while (((check (count > 500 ? "" : asked)) | getline line) > 0) {
        if (line ~ / true *$/ || line == "ended 0") isAnswered = 1
        if (match(line, /.* sha256:[0-9a-f]+ /)) {
          digest = substr(line, RLENGTH - 71, 71)
          if (digest in answer) answer[digest] = line ~ / true *$/ ? "yes" : line ~ / false *$/ ? "no" : "?"
        }
      }
      for (digest in answer) print "unpacked", digest, isAnswered ? answer[digest] : "?"
    }
    # The platforms in a line are what an image says of itself, line breaks and all: lines that it makes look like records of others, the
    # same behind each of its names. containerd lists each name once, in the order of their bytes, and so do not they.
    function is_next(name,    before) {
      before = last_name
      last_name = name ""
      if (name "" > before) return 1
      print "muddled"
      exit
    }
    BEGIN {
      told_uses()
      if (list == "") exit
      while ((getline line <names) > 0) if (length(line) == 64) here[line]
      getline line <list
      while ((getline line <list) > 0) {
        # As nearly all are: taken apart in one go.
        if (split(line, words, " ") == 7 && line !~ /^ / && (words[3] in recorded || is_digest(words[3])) && words[4] ~ /^[0-9.]+$/ && words[5] ~ /^[A-Za-z]+$/ && words[6] != "=" && length(words[1]) <= 512) {
          if (is_next(words[1])) keep(words[3], words[3] " " words[6] " " told(words[7]), words[1])
          continue
        }
        if (!match(line, / sha256:[0-9a-f]+ +[-0-9]/)) {
          odd++
          continue
        }
        name = substr(line, 1, RSTART - 1)
        rest = substr(line, RSTART + 1)
        sub(/ *$/, "", name)
        # The media type, which holds no blank.
        if (!sub(/ +[^ ]*$/, "", name)) {
          odd++
          continue
        }
        sub(/ *$/, "", name)
        digest = rest
        sub(/ .*/, "", digest)
        sub(/^[^ ]+ +/, "", rest)
        # A size is a number and its unit, or a dash.
        sub(/^(- *|[0-9.]+ *[A-Za-z]+ +)/, "", rest)
        platforms = rest
        sub(/ .*/, "", platforms)
        labels = rest
        sub(/^[^ ]+ +/, "", labels)
        if (!is_digest(digest) || platforms == "=" || name == "" || length(name) > 512) {
          odd++
          continue
        }
        if (is_next(name)) keep(digest, digest " " platforms " " told(labels), name)
      }
      for (i = 1; i <= kinds; i++) tell_names(kind[i])
      if (check != "") ask_unpacked()
      if (odd > 0) print "odd", odd
    }' $containerd_running
}

section containerd/images 8 786432 containerd_images
