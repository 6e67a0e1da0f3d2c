# shellcheck shell=sh disable=SC2034,SC2154 # prelude.sh goes before it
# What the scripts of the image-pin action share. A record is four arguments: NAME DIGEST PINNED RUN.
pinned_label=io.cri-containerd.pinned
run_label=nodemend.dev/run

# require_containerd SOCKET
require_containerd() {
  socket=$1
  command -v ctr >/dev/null 2>&1 || refuse client-missing ctr
  [ -S "$socket" ] || refuse runtime-away "$socket"
}

# CRI's images are those of this namespace. A daemon that hangs is given up.
images() {
  ctr --address "$socket" --namespace k8s.io --timeout 30s images "$@"
}

# Sets record_digest, record_pinned and record_run of a record, all empty when there is none of that name: read_record NAME
# Between digest and labels stand the platforms, in whatever words the image itself has for them, with blanks and whole lines that look
# like another record's. So the first line behind the head is the record's, and its labels are believed only where it is alone and has
# no more words than such a line; else they are ?, which no label is.
read_record() {
  record_digest='' record_pinned='' record_run=''
  record_lines=$(images ls "name==$1" 2>&1) || fail runtime-client "$(printf '%s' "$record_lines" | tail -n 1)"
  record_line=0
  while read -r record_name _ record_seen record_size record_rest; do
    # Before the head are warnings.
    [ "$record_line" -eq 0 ] && [ "$record_name" != REF ] || record_line=$((record_line + 1))
    case $record_line in
      0 | 1) ;;
      2) take_record ;;
      *) record_pinned='?' record_run='?' ;;
    esac
  done <<LINES
$record_lines
LINES
}

take_record() {
  record_digest=$record_seen
  # A size is a number and its unit, or a dash.
  [ "$record_size" != - ] || record_rest="- $record_rest"
  read -r _ _ record_labels record_more <<REST
$record_rest
REST
  if [ -n "$record_more" ]; then
    record_pinned='?' record_run='?'
    return
  fi
  record_pinned=$(label_of "$pinned_label" "$record_labels")
  record_run=$(label_of "$run_label" "$record_labels")
}

# The value in a list as ctr prints it, KEY=VALUE,KEY=VALUE: label_of KEY LIST
label_of() {
  case ",$2," in
    *",$1="*)
      label_rest=",$2,"
      label_rest=${label_rest#*",$1="}
      printf '%s' "${label_rest%%,*}"
      ;;
  esac
}

# One call for both, so that neither is without the other; an empty value takes the label off: set_labels NAME PINNED RUN
set_labels() {
  must runtime-client images label "$1" "$pinned_label=$2" "$run_label=$3"
}

# A record that the plan did not see, or that points at another image by now, is left alone: require_record NAME DIGEST PINNED RUN
require_record() {
  read_record "$1"
  if [ "$record_digest" != "$2" ] || [ "$record_pinned" != "$3" ] || [ "$record_run" != "$4" ]; then
    refuse image-changed "$1: ${record_digest:-absent} ${record_pinned:--}"
  fi
}
