# Completion of nodemend for bash, made by `nodemend completion bash` (bash 3.2 and newer). Starts no process.
#   nodemend completion bash >~/.local/share/bash-completion/completions/nodemend     with the package bash-completion
#   source FILE                                                                       in ~/.bashrc, without
# Below it stand three functions with the commands of that version: what is behind a path, an option, an argument.

_nodemend() {
  local cur=${COMP_WORDS[COMP_CWORD]} path='' opt='' rest='' prefix='' count=0 at=1 word
  local kind='' words=() commands=() options=()
  COMPREPLY=()
  while [ "$at" -lt "$COMP_CWORD" ]; do
    word=${COMP_WORDS[at]}
    at=$((at + 1))
    if [ -n "$opt" ]; then
      # Where = breaks words, --output=json is three of them.
      if [ "$word" = = ] && [ "${COMP_WORDS[at - 2]}" = "$opt" ]; then continue; fi
      opt=''
      continue
    fi
    case $word in
      # So is a value with a colon in it.
      :) at=$((at + 1)) ;;
      --) rest=yes ;;
      -*)
        if [ -z "$rest" ]; then
          kind=''
          _nodemend_value "$path" "$word"
          if [ -n "$kind" ]; then opt=$word; fi
        else
          count=$((count + 1))
        fi
        ;;
      *)
        _nodemend_behind "$path"
        if [ "$count" -eq 0 ] && [ "${#commands[@]}" -gt 0 ] && [[ " ${commands[*]} " == *" $word "* ]]; then
          path="$path $word"
        else
          count=$((count + 1))
        fi
        ;;
    esac
  done
  if [ "$cur" = = ] && [ -n "$opt" ]; then cur=''; fi
  if [ -z "$opt$rest" ]; then
    case $cur in
      --*=*)
        opt=${cur%%=*}
        prefix=$opt=
        cur=${cur#*=}
        ;;
    esac
  fi
  kind=''
  words=()
  _nodemend_behind "$path"
  if [ -n "$opt" ]; then
    _nodemend_value "$path" "$opt"
  elif [ -z "$rest" ] && [[ $cur == -* ]]; then
    kind=words
    words=("${options[@]}")
  elif [ "$count" -eq 0 ] && [ "${#commands[@]}" -gt 0 ]; then
    kind=words
    words=("${commands[@]}")
  else
    _nodemend_argument "$path" "$count"
  fi
  case $kind in *runs*) _nodemend_runs ;; esac
  _nodemend_offer
  # Without words of ours readline completes files by itself, which knows quotes, blanks and ~.
  case $kind in *files*) ;; *) compopt +o default 2>/dev/null ;; esac
}

# Runs whose journal is on this machine.
_nodemend_runs() {
  local file folder=${XDG_STATE_HOME:-$HOME/.local/state}/nodemend/runs
  for file in "$folder"/*.jsonl; do
    [ -e "$file" ] || continue
    file=${file##*/}
    words+=("${file%.jsonl}")
  done
}

# Those of $words that go on what is typed, quoted as the line needs them.
_nodemend_offer() {
  local typed word quote=''
  case $cur in
    [\"\']*)
      quote=yes
      typed=${cur:1}
      ;;
    *) typed=${cur//\\/} ;;
  esac
  [ "${#words[@]}" -gt 0 ] || return 0
  for word in "${words[@]}"; do
    [[ $word == "$typed"* ]] || continue
    if [ -z "$quote" ]; then printf -v word %q "$word"; fi
    COMPREPLY+=("$prefix$word")
  done
}

complete -o default -F _nodemend nodemend
