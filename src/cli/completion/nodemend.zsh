#compdef nodemend
# Completion of nodemend for zsh, made by `nodemend completion zsh`. Starts no process.
#   nodemend completion zsh >FOLDER/_nodemend     a folder of $fpath
#   source FILE                                   in ~/.zshrc, behind compinit
# Below it stand three functions with the commands of that version: what is behind a path, an option, an argument.

_nodemend() {
  local nodemend_path='' opt='' rest='' kind='' word count=0
  local -a words_before=("${(@Q)words[2,CURRENT-1]}") values commands options
  for word in "${words_before[@]}"; do
    if [[ -n $opt ]]; then
      opt=''
      continue
    fi
    if [[ $word == -- ]]; then
      rest=yes
    elif [[ -z $rest && $word == -* ]]; then
      kind=''
      _nodemend_value "$nodemend_path" "$word"
      [[ -z $kind ]] || opt=$word
    else
      commands=()
      _nodemend_behind "$nodemend_path"
      if (( count == 0 && ${commands[(I)${(b)word}:*]} )); then
        nodemend_path="$nodemend_path $word"
      else
        (( count += 1 ))
      fi
    fi
  done
  kind=''
  values=()
  commands=()
  options=()
  _nodemend_behind "$nodemend_path"
  if [[ -n $opt ]]; then
    _nodemend_value "$nodemend_path" "$opt"
  elif [[ -z $rest && $PREFIX == --*=* ]]; then
    opt=${PREFIX%%=*}
    compset -P '*='
    _nodemend_value "$nodemend_path" "$opt"
  elif [[ -z $rest && $PREFIX == -* ]]; then
    _describe -o option options
    return
  elif (( count == 0 && $#commands )); then
    _describe command commands
    return
  else
    _nodemend_argument "$nodemend_path" "$count"
  fi
  [[ $kind != *runs* ]] || values+=("${XDG_STATE_HOME:-$HOME/.local/state}"/nodemend/runs/*.jsonl(N:t:r))
  local found=1
  (( $#values == 0 )) || { compadd -a values && found=0 }
  [[ $kind != *files* ]] || { _files && found=0 }
  return found
}
