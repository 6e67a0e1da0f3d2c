# shellcheck shell=sh
# daemon-accepts.sh STAGED PATH [FLAG]: whether the node's own dockerd would start with the staged file and the flags of the running
# one, which must not have FLAG (default --log-opt) among them, because it says what the file is to say.
#   no-dockerd · flag <flag> · validated <exit code> then what it said · no-validate     (its releases before 23.0 cannot tell)
PATH=/usr/sbin:/usr/bin:/sbin:/bin:/usr/local/sbin:/usr/local/bin
LC_ALL=C
export PATH LC_ALL
staged=$1
flag=${3:---log-opt}

process=$(grep -lsx dockerd /proc/[0-9]*/comm)
process=${process%%/comm*}
set --
if [ -n "$process" ]; then
  words=$(tr '\000' '\n' <"$process/cmdline")
  isFirst=yes
  isConfig=''
  while IFS= read -r word; do
    if [ -n "$isFirst" ]; then
      isFirst=''
      continue
    fi
    if [ -n "$isConfig" ]; then
      isConfig=''
      continue
    fi
    case $word in
      --config-file) isConfig=yes ;;
      --config-file=*) ;;
      "$flag" | "$flag"=*)
        echo "flag $flag"
        exit 0
        ;;
      *) set -- "$@" "$word" ;;
    esac
  done <<WORDS
$words
WORDS
fi
command -v dockerd >/dev/null 2>&1 || {
  echo no-dockerd
  exit 0
}
if ! dockerd --help 2>&1 | grep -q -e '--validate'; then
  echo no-validate
  exit 0
fi
said=$(dockerd "$@" --validate --config-file "$staged" 2>&1)
echo "validated $?"
# What it quotes of flags and file may be a secret.
printf '%s\n' "$said" | sed 's/(from flag.*//' | tail -n 3
