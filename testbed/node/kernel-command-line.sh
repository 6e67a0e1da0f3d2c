#!/bin/sh
# Prints the kernel command line of the default entry of a GRUB configuration, as /proc/cmdline has it: kernel-command-line.sh FOLDER
# FOLDER holds grub.cfg in the shape that grub-mkconfig writes, and grubenv or not. A default is a number, a title or an id, or several
# of them through menus (`1>2`); an entry for the next boot alone (grub-reboot) goes before it and is used up. One that is not there
# means the first entry, as for GRUB (its manual, "Simple configuration handling").
set -eu
folder=$1

variable() {
  if [ -f "$folder/grubenv" ]; then sed -n "s/^$1=//p" "$folder/grubenv"; fi
}

next=$(variable next_entry)
awk -v next_entry="$next" -v saved_entry="$(variable saved_entry)" '
  function unquoted(text) { gsub(/^[\047"]|[\047"]$/, "", text); return text }
  function after(text, pattern) { return match(text, pattern) ? substr(text, RSTART + RLENGTH) : "" }
  # The first word of a text, which may be quoted.
  function word(text,    quote) {
    sub(/^[ \t]+/, "", text)
    quote = substr(text, 1, 1)
    if (quote != "\047" && quote != "\"") { sub(/[ \t].*/, "", text); return text }
    text = substr(text, 2)
    sub(quote ".*", "", text)
    return text
  }
  /^[ \t]*set default=/ {
    value = unquoted(after($0, "set default="))
    if (value == "${next_entry}") { if (next_entry != "") { wanted = next_entry; once = 1 } }
    else if (!once) wanted = value == "${saved_entry}" ? saved_entry : value
  }
  # Where an entry is: its numbers from the outermost menu on, and every name it can be called by.
  /^[ \t]*(menuentry|submenu)[ \t]/ {
    kind = $1
    number = count[depth]++
    title = word(after($0, "(menuentry|submenu)"))
    id = word(after($0, "(--id|[$]menuentry_id_option)"))
    depth++
    count[depth] = 0
    numbers[depth] = number; titles[depth] = title; ids[depth] = id
    if (kind == "menuentry") { entries++; entry_depth[entries] = depth; for (d = 1; d <= depth; d++) { key = entries SUBSEP d; all_numbers[key] = numbers[d]; all_titles[key] = titles[d]; all_ids[key] = ids[d] } }
    open[++braces] = 1
    next
  }
  /[{][ \t]*$/ { open[++braces] = 0; next }
  /^[ \t]*[}][ \t]*$/ { if (braces > 0) depth -= open[braces--]; next }
  depth > 0 && /^[ \t]*linux(16|efi)?[ \t]/ && !(entries in lines) {
    line = after($0, "linux(16|efi)?[ \t]+")
    sub(/[ \t]+$/, "", line)
    lines[entries] = line
  }
  function is_wanted(entry, parts, levels,    d, key) {
    if (entry_depth[entry] != levels) return 0
    for (d = 1; d <= levels; d++) {
      key = entry SUBSEP d
      if (parts[d] != all_titles[key] && parts[d] != all_ids[key] && parts[d] "" != all_numbers[key] "") return 0
    }
    return 1
  }
  END {
    levels = split(wanted, parts, ">")
    for (entry = 1; entry <= entries && !chosen; entry++) if (is_wanted(entry, parts, levels)) chosen = entry
    if (!chosen) chosen = 1
    if (!(chosen in lines)) { print "grub.cfg has no entry to boot" > "/dev/stderr"; exit 1 }
    print "BOOT_IMAGE=" lines[chosen]
  }' "$folder/grub.cfg"

# GRUB itself empties the variable before it boots, and keeps the file at 1024 bytes.
if [ -n "$next" ]; then
  kept=$(grep -v -e '^next_entry=' -e '^#*$' "$folder/grubenv"; printf 'next_entry=\n.')
  kept=${kept%.}
  { printf '%s' "$kept"; printf "%$((1024 - ${#kept}))s" '' | tr ' ' '#'; } >"$folder/.grubenv"
  cat "$folder/.grubenv" >"$folder/grubenv"
  rm "$folder/.grubenv"
fi
