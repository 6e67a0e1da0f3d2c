# shellcheck shell=sh disable=SC2154 # a prelude with refuse, must and bounded, and place.sh of the file action, go before it
# What has the distribution's own programs make what GRUB boots. Who uses it has set
#   generator      update-grub, grub2-mkconfig or grubby
#   config         the configuration that is booted
#   config_new     the name beside it under which another one waits until it was read

# Has the distribution's own generator make the configuration beside the one that is booted: generate_config writes
# config_new.
generate_config() {
  case $generator in
    # What update-grub is: it was read before it was planned with (boot-state.sh).
    update-grub) generating=grub-mkconfig ;;
    *) generating=grub2-mkconfig ;;
  esac
  command -v "$generating" >/dev/null 2>&1 || refuse tool-missing "$generating"
  rm -f "$config_new" "$config_new.new"
  trap 'rm -f "$config_new" "$config_new.new"' EXIT
  # Its exit code is one thing, what it wrote another: it has been 0 with half of the kernels left out.
  words=$(as_a_person "$generating" -o "$config_new") || refuse generation "$generating: $words"
  [ -s "$config_new" ] || refuse generation "$generating: it wrote nothing. $words"
  trap - EXIT
}

# Has grubby edit every entry: edit_entries --args|--remove-args ARGUMENT. Where it knows how, it leaves the defaults alone.
edit_entries() {
  command -v grubby >/dev/null 2>&1 || refuse tool-missing grubby
  set -- --update-kernel=ALL "$1=$2"
  case $(grubby --help 2>&1 || :) in
    *--no-etc-grub-update*) set -- "$@" --no-etc-grub-update ;;
  esac
  words=$(as_a_person grubby "$@") || refuse generation "grubby: $words"
}

# As root runs it from a shell of its own: files that others may read, and the menu in the language that it has.
as_a_person() {
  (
    umask 022
    unset LC_ALL
    LANG=$(sed -n 's/^[[:blank:]]*set lang=\([A-Za-z_]\{1,20\}\)$/\1/p' "$config" | head -n 1)
    # 00_header writes the name without its encoding, and nothing for C.
    LANG=${LANG:+$LANG.UTF-8}
    export LANG
    bounded "$@" 2>&1 </dev/null
  )
}

# replace_generated CONTENT FILE TEMPORARY: owner and mode of the content's file. The EFI partition knows neither.
replace_generated() {
  must write-failed rm -f "$3"
  must write-failed cp "$1" "$3"
  replaced_owner=$(stat -c '%u:%g' "$1") && replaced_mode=$(stat -c '%a' "$1")
  [ "$(stat -c '%u:%g' "$3")" = "$replaced_owner" ] || chown "$replaced_owner" "$3" 2>/dev/null || :
  [ "$(stat -c '%a' "$3")" = "$replaced_mode" ] || chmod "0$replaced_mode" "$3" 2>/dev/null || :
  flush_file "$3"
  must write-failed mv -f "$3" "$2"
  flush_folder "${2%/*}"
  relabel "$2"
}
