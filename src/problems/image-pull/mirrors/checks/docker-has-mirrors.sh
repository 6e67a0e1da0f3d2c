# shellcheck shell=sh disable=SC2034,SC2154 # path-of-root.sh and daemon.sh go before it
# docker-has-mirrors.sh URL…: whether the dockerd that runs has these mirrors by now. What it was told it takes over in a moment.
#   no-docker · doubt dockerd <why> · no-client · failed <words> · mirror <url> · missing <url>
PATH=/usr/sbin:/usr/bin:/sbin:/bin:/usr/local/sbin:/usr/local/bin
LC_ALL=C
export PATH LC_ALL

nm_scratch=''
nm_daemon dockerd
if [ -n "$nm_doubt" ]; then
  echo "doubt dockerd $nm_doubt"
  exit 0
fi
if [ -z "$nm_found_pid" ]; then
  echo no-docker
  exit 0
fi
if ! command -v docker >/dev/null 2>&1; then
  echo no-client
  exit 0
fi
unset DOCKER_HOST DOCKER_CONTEXT DOCKER_TLS_VERIFY DOCKER_CERT_PATH
tries=0
while :; do
  said=$(timeout 20 docker info --format '{{range .RegistryConfig.Mirrors}}{{println "mirror" .}}{{end}}' 2>&1) || {
    printf 'failed %s\n' "$(printf '%s' "$said" | tail -n 1)"
    exit 0
  }
  missing=''
  for url in "$@"; do
    case $said in *"mirror ${url%/}/"*) ;; *) missing="${missing}missing $url
" ;; esac
  done
  tries=$((tries + 1))
  if [ -z "$missing" ] || [ "$tries" -ge 10 ]; then
    break
  fi
  sleep 1
done
printf '%s\n%s' "$said" "$missing"
