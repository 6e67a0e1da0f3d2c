# shellcheck shell=sh disable=SC2154,SC2034 # engine/user-script/prelude.sh, actions/file/place.sh, grub/boot-state.sh and grub/generate-config.sh go before it
# Has GRUB of a new node give its kernel cgroup.memory=nokmem, before it joins: kernel_memory_bootstrap WISHES
# WISHES is a file with a line "argument ARGUMENT" and perhaps "override REASON". What a plan decides for a node that is there
# (gate.ts, argument-edit.ts) is decided here from the disk and the running kernel, by fewer rules: what these do not cover is refused,
# and left to a plan. Nothing is rebooted.

kernel_memory_bootstrap() {
  kernel_memory_argument=$(sed -n 's/^argument //p' "$1")
  kernel_memory_override=$(sed -n 's/^override //p' "$1")
  kernel_memory_gate || return 0
  kernel_memory_state=$nodemend_scratch/boot-state
  nm_grub_state >"$kernel_memory_state"
  kernel_memory_find_config
  kernel_memory_look
  if [ -z "$kernel_memory_lacking$kernel_memory_others" ] && kernel_memory_is_kept; then
    tell "$kernel_memory_argument is in every entry of $config; nothing was written"
    return 0
  fi
  kernel_memory_nothing_alike
  kernel_memory_defaults
  kernel_memory_put
}

# ---- whether it is wanted here

# Whether kernel memory can leak on the node: returns 1 where it cannot, and nobody overrides that. Ends the part where the kernel
# ignores the argument, whatever the reason; and where nothing can be said.
kernel_memory_gate() {
  read -r kernel_memory_release </proc/sys/kernel/osrelease || refuse "the kernel's release cannot be read"
  case $(kernel_memory_kernel) in
    ignores) refuse "kernel $kernel_memory_release ignores $kernel_memory_argument" 'use an image with a newer kernel' ;;
    fixed) kernel_memory_because="kernel $kernel_memory_release gives the memory of removed cgroups back" ;;
    unknown) kernel_memory_because=unknown ;;
    *) kernel_memory_because='' ;;
  esac
  # Whatever the kernel, with these nothing leaks.
  if grep -qE '(^| )cgroup_disable=memory( |$)' /proc/cmdline; then kernel_memory_because='memory cgroups are switched off'; fi
  case $(kernel_memory_version) in
    v2) kernel_memory_because='cgroup v2' ;;
    '') kernel_memory_because=${kernel_memory_because:-unknown} ;;
  esac
  [ -n "$kernel_memory_because" ] || return 0
  if [ -n "$kernel_memory_override" ]; then
    tell "wanted here anyway: $kernel_memory_override"
    return 0
  fi
  [ "$kernel_memory_because" != unknown ] || refuse "nobody knows whether kernel $kernel_memory_release can leak here"
  tell "cannot happen here ($kernel_memory_because): nothing was written"
  return 1
}

# What the release says: `ignores` the argument (it came with 4.5, and with 3.10.0-1062.4.1 of Enterprise Linux 7), `fixed` (5.3),
# `leaks`, or `unknown`.
kernel_memory_kernel() {
  RELEASE=$kernel_memory_release awk '
    function isBefore(one, other,  left, right, at) {
      split(one, left, "."); split(other, right, ".")
      for (at = 1; at <= 3; at++) if (left[at] + 0 != right[at] + 0) return left[at] + 0 < right[at] + 0
      return 0
    }
    BEGIN {
      release = ENVIRON["RELEASE"]
      if (release !~ /^[0-9]+\.[0-9]+/) { print "unknown"; exit }
      version = release; sub(/[^0-9.].*$/, "", version)
      build = release; if (!sub(/^[0-9.]+-/, "", build)) build = ""
      sub(/[^0-9.].*$/, "", build)
      knows = !isBefore(version, "4.5.0")
      if (release ~ /\.el7/ && version == "3.10.0") knows = !isBefore(build, "1062.4.1")
      print !knows ? "ignores" : isBefore(version, "5.3.0") ? "leaks" : "fixed"
    }'
}

# Under which version the memory controller is mounted: v1, v2 or nothing.
kernel_memory_version() {
  # A device before, and two numbers behind.
  while read -r _ kernel_memory_place kernel_memory_type kernel_memory_options _; do
    case $kernel_memory_type,$kernel_memory_options, in
      cgroup,*,memory,*) echo v1 ;;
      cgroup2,*) ! grep -qw memory "$kernel_memory_place/cgroup.controllers" 2>/dev/null || echo v2 ;;
    esac
  done </proc/mounts | head -n 1
}

# ---- what boots

# Sets config and generator: what was booted here, as booted-with.ts tells it.
kernel_memory_find_config() {
  kernel_memory_configs=$(
    awk '
      $1 == "firmware" { efi = $2 == "efi" }
      $1 ~ /^(config|default|entry|env|command-line)$/ { path = ""; if ($1 == "config") path = substr($0, index($0, "/")) }
      path != "" && /^\| [ \t]*(menuentry|submenu|blscfg)([ \t]|$)/ { real[path] = 1 }
      END {
        for (path in real) if (index(path, "/boot/efi/") == 1) partition = partition path "\n"; else disk = disk path "\n"
        printf "%s", efi && partition != "" ? partition : disk
      }' "$kernel_memory_state"
  )
  case $kernel_memory_configs in
    '') refuse 'GRUB has no configuration here that can be read' ;;
    *'
'*) refuse 'more than one configuration of GRUB could be the one that is booted' "$kernel_memory_configs" ;;
  esac
  config=$kernel_memory_configs
  if kernel_memory_says "$config" '^| *blscfg'; then
    generator=grubby
  elif [ "$config" = /boot/grub/grub.cfg ]; then
    generator=update-grub
    grep -qx 'update-grub stock' "$kernel_memory_state" || refuse "update-grub is missing, or not the distribution's own"
  else
    generator=grub2-mkconfig
  fi
  find_place "$config"
  if [ "$config" != "$target" ] || [ -L "$config" ]; then refuse "$config is a link"; fi
  config_new=$config.nodemend-birth~
}

# kernel_memory_says FILE PATTERN: whether what was read of the file has such a line.
kernel_memory_says() {
  FILE=$1 awk '/^\| / { if (isIn) print; next } { isIn = substr($0, index($0, "/")) == ENVIRON["FILE"] }' "$kernel_memory_state" | grep -q "$2"
}

# The entries that boot this system by its root=, single-user mode left out, a line each: "has|lacks|other KERNEL", by whether its
# kernel gets the argument, or another one of its name. kernel_memory_entries CONFIG
kernel_memory_entries() {
  CONFIG=$1 ARGUMENT=$kernel_memory_argument awk '
    function tell(kernel, words,  count, list, at, root, verdict, name, member, word) {
      sub(/^\([^)]*\)/, "", kernel)
      count = split(words, list, /[ \t]+/)
      verdict = "lacks"
      name = member = ENVIRON["ARGUMENT"]; sub(/=.*/, "=", name); sub(/.*=/, "", member)
      for (at = 1; at <= count && list[at] != "--"; at++) {
        if (index(list[at], "root=") == 1) root = substr(list[at], 6)
        word = list[at]; sub(/^cgroup_/, "cgroup.", word)
        # Members of a set: the kernel takes those of every word.
        if (index(word, name) != 1) continue
        if (index("," substr(word, length(name) + 1) ",", "," member ",")) verdict = "has"
        else if (verdict == "lacks") verdict = "other"
      }
      if (root == running) print verdict, kernel
      if (root == running && kernel == booted) print "booted", kernel
    }
    function flush() {
      if (linux != "") {
        if (options ~ /\$kernelopts/) sub(/\$kernelopts/, kept, options)
        tell(linux, options)
      }
      linux = ""; options = ""
    }
    # The environment is told behind the entries that take from it.
    NR == FNR { if (/^\| kernelopts=/) kept = substr($0, 14); next }
    $1 == "booted" { booted = $2; sub(/^\([^)]*\)/, "", booted) }
    $1 == "root" { running = $2 }
    /^(config|default|entry|env|command-line) [0-9a-f]+ / {
      flush()
      kind = $1; isHere = substr($0, index($0, "/")) == ENVIRON["CONFIG"]
      next
    }
    !/^\| / { next }
    { sub(/^\| /, "") }
    kind == "config" && isHere && /^[ \t]*menuentry[ \t]/ { isRecovery = /-recovery-/ || /\(recovery mode\)/ }
    kind == "config" && isHere && /^[ \t]*blscfg([ \t]|$)/ { takesEntries = 1 }
    kind == "config" && isHere && /^[ \t]*(linux(16|efi)?|module2?)[ \t]+[^ \t]*(vmlinu|kernel)/ && !isRecovery {
      words = $0; sub(/^[ \t]*[^ \t]+[ \t]+[^ \t]+/, "", words); tell($2, words)
    }
    kind == "entry" && takesEntries && $1 == "linux" { linux = $2 }
    kind == "entry" && takesEntries && $1 == "options" { options = $0; sub(/^options[ \t]+/, "", options) }
    END { flush() }' "$kernel_memory_state" "$kernel_memory_state"
}

# Sets kernel_memory_lacking and kernel_memory_others, kernels whose entries lack the argument, or have another one of its name.
kernel_memory_look() {
  kernel_memory_entries "$config" >"$nodemend_scratch/entries"
  grep -q '^booted ' "$nodemend_scratch/entries" || refuse "no entry of $config boots the running kernel from its root file system"
  kernel_memory_lacking=$(sed -n 's/^lacks //p' "$nodemend_scratch/entries")
  kernel_memory_others=$(sed -n 's/^other //p' "$nodemend_scratch/entries")
}

# Whether entries of kernels to come will have it as well.
kernel_memory_is_kept() {
  [ "$generator" = grubby ] && [ -f /etc/kernel/cmdline ] || return 0
  tr -s '[:blank:]' '\n' </etc/kernel/cmdline | grep -qE '^cgroup[._]memory=(.*,)?nokmem(,|$)'
}

# An argument of the same name is edited where it stands, which takes the defaults' whole syntax: a plan has it.
kernel_memory_nothing_alike() {
  [ -z "$kernel_memory_others" ] || refuse 'entries have another cgroup.memory=' "$kernel_memory_others"
  for kernel_memory_file in /etc/default/grub /etc/default/grub.d/*.cfg /etc/kernel/cmdline; do
    [ -f "$kernel_memory_file" ] || continue
    if grep -v '^[[:blank:]]*#' "$kernel_memory_file" | grep -oE 'cgroup[._]memory=[^[:blank:]"'\'']*' | grep -qvxF "$kernel_memory_argument"; then
      refuse "$kernel_memory_file has another cgroup.memory="
    fi
  done
}

# ---- GRUB's defaults

# Makes the file that has to differ, as it will be, and sets kernel_memory_path: a drop-in where the generator reads such, or else the
# one file of the defaults.
kernel_memory_defaults() {
  kernel_memory_wanted=$nodemend_scratch/grub-defaults
  if grep -qx 'sources grub.d' "$kernel_memory_state"; then
    kernel_memory_path=/etc/default/grub.d/99-nodemend.cfg
    # shellcheck disable=SC2016 # for the shell of grub-mkconfig
    printf '%s\nGRUB_CMDLINE_LINUX="$GRUB_CMDLINE_LINUX %s"\n' \
      "# Written at the first boot by nodemend's user script. To undo it, delete this file and run update-grub." \
      "$kernel_memory_argument" >"$kernel_memory_wanted"
    [ ! -e "$kernel_memory_path" ] || kernel_memory_same "$kernel_memory_wanted" "$kernel_memory_path" || refuse "$kernel_memory_path is there, and not from this script"
  else
    kernel_memory_path=/etc/default/grub
    kernel_memory_edit </etc/default/grub >"$kernel_memory_wanted" || refuse "$kernel_memory_path cannot be edited with certainty" "$(tail -n 1 "$kernel_memory_wanted")"
  fi
}

kernel_memory_same() {
  [ "$(sha256sum <"$1")" = "$(sha256sum <"$2")" ]
}

# The defaults with the argument in GRUB_CMDLINE_LINUX, where every line is one that no shell can read in two ways: empty, a comment, or
# an assignment of plain text; and Enterprise Linux's own line for the menu's title. On anything else the line is all that is printed last.
kernel_memory_edit() {
  ARGUMENT=$kernel_memory_argument awk '
    BEGIN { plain = "[A-Za-z0-9 ._=,:/@%+-]*" }
    /^[ \t]*(#.*)?$/ && !/\\$/ { print; next }
    $0 == "GRUB_DISTRIBUTOR=\"$(sed '\''s, release .*$,,g'\'' /etc/system-release)\"" { print; next }
    $0 ~ "^GRUB_CMDLINE_LINUX=\"" plain "\"$" {
      if (seen++) { print; exit failed = 1 }
      value = $0; sub(/^[^"]*"/, "", value); sub(/"$/, "", value)
      # Behind this word everything is for init.
      if (index(" " value " ", " -- ")) { print; exit failed = 1 }
      if (index(" " value " ", " " ENVIRON["ARGUMENT"] " ") == 0) value = value (value == "" ? "" : " ") ENVIRON["ARGUMENT"]
      print "GRUB_CMDLINE_LINUX=\"" value "\""
      next
    }
    $0 ~ "^[A-Z][A-Z_0-9]*=(\"" plain "\"|[A-Za-z0-9._/:-]*)$" && !/^GRUB_CMDLINE_LINUX=/ { print; next }
    { print; exit failed = 1 }
    END {
      if (!failed && !seen) print "GRUB_CMDLINE_LINUX=\"" ENVIRON["ARGUMENT"] "\""
      exit failed + 0
    }'
}

# ---- the change

# Defaults, then what is made from them, which takes its place when it was read. On any failure before, what was there is there again.
kernel_memory_put() {
  kernel_memory_sum=$(sha256sum <"$kernel_memory_wanted")
  find_place "$kernel_memory_path" make
  kernel_memory_was=$(state_of "$target")
  case $kernel_memory_was in
    absent) kernel_memory_own='644 0 0' ;;
    file\ *) kernel_memory_own=${kernel_memory_was#file * } ;;
    *) refuse "$target is not a regular file" "$kernel_memory_was" ;;
  esac
  kernel_memory_made_folder=''
  [ -d "$folder" ] || kernel_memory_made_folder=$folder
  must write-failed mkdir -p "$folder"
  keep_target "$kernel_memory_was"
  kernel_memory_copy_entries
  stage_target "$kernel_memory_wanted" "file ${kernel_memory_sum%% *} $kernel_memory_own"
  commit_target
  # No condition around the shell, in which -e would not count.
  set +e
  (
    set -e
    kernel_memory_make
  )
  kernel_memory_code=$?
  set -e
  [ "$kernel_memory_code" -eq 0 ] || kernel_memory_back
  tell "$target was written, and every entry of $config has $kernel_memory_argument now"
  tell 'it comes into force with the next boot: nothing is rebooted here, because the node has not joined yet; once it has: nodemend plan kernel-memory'
}

# Beside what boots, or with grubby where the entries stand; then read.
kernel_memory_make() {
  if [ "$generator" = grubby ]; then
    edit_entries --args "$kernel_memory_argument"
    nm_grub_state >"$kernel_memory_state"
    kernel_memory_judge "$config"
    return 0
  fi
  generate_config
  trap 'rm -f "$config_new"' EXIT
  nm_grub_one config "$config_new" >>"$kernel_memory_state"
  kernel_memory_judge "$config_new"
  # It has the owner and the mode of the one whose place it takes.
  must write-failed chown "$(stat -c '%u:%g' "$config")" "$config_new"
  must write-failed chmod "$(stat -c '%a' "$config")" "$config_new"
  flush_file "$config_new"
  move_onto "$config_new" "$config" || refuse write-failed "$move_words"
  flush_folder "${config%/*}"
  relabel "$config"
}

# kernel_memory_judge CONFIG: every entry has the argument, and no kernel lost its entry.
kernel_memory_judge() {
  kernel_memory_entries "$1" >"$nodemend_scratch/made"
  kernel_memory_bad=$(sed -n -e 's/^lacks //p' -e 's/^other //p' "$nodemend_scratch/made")
  [ -z "$kernel_memory_bad" ] || refuse 'what was generated does not give it to' "$kernel_memory_bad"
  while read -r kernel_memory_word kernel_memory_kernel; do
    [ "$kernel_memory_word" != booted ] || continue
    grep -qxF "has $kernel_memory_kernel" "$nodemend_scratch/made" || refuse 'what was generated has no entry any more for' "$kernel_memory_kernel"
  done <"$nodemend_scratch/entries"
}

# What grubby edits, where it stands: copies, and their way back.
kernel_memory_copy_entries() {
  [ "$generator" = grubby ] || return 0
  must write-failed mkdir "$nodemend_scratch/before"
  : >"$nodemend_scratch/before/list"
  kernel_memory_count=0
  for kernel_memory_file in /boot/loader/entries/*.conf /boot/grub2/grubenv /etc/kernel/cmdline; do
    [ -f "$kernel_memory_file" ] || continue
    kernel_memory_file=$(readlink -f "$kernel_memory_file")
    kernel_memory_count=$((kernel_memory_count + 1))
    must write-failed cp -p "$kernel_memory_file" "$nodemend_scratch/before/$kernel_memory_count"
    printf '%s\n' "$kernel_memory_file" >>"$nodemend_scratch/before/list"
  done
}

kernel_memory_back() {
  if [ "$kernel_memory_was" = absent ]; then
    must write-failed rm -f "$target"
    [ -z "$kernel_memory_made_folder" ] || rmdir "$kernel_memory_made_folder" 2>/dev/null || :
    flush_folder "${folder%/*}"
  else
    stage_target "$kept" "$kernel_memory_was"
    commit_target
  fi
  if [ "$generator" = grubby ]; then
    kernel_memory_count=0
    while IFS= read -r kernel_memory_file; do
      kernel_memory_count=$((kernel_memory_count + 1))
      kernel_memory_same "$nodemend_scratch/before/$kernel_memory_count" "$kernel_memory_file" ||
        replace_generated "$nodemend_scratch/before/$kernel_memory_count" "$kernel_memory_file" "$kernel_memory_file.nodemend-birth~"
    done <"$nodemend_scratch/before/list"
  fi
  refuse 'what was there is there again' "$target and $config"
}
