#!/bin/sh
# Makes the private root it runs in look like a worker node, then puts it into a state: fixture.sh STATE BREAK-SCRIPT
# The files are those that dockerd 20.10, containerd 1.6, kubelet and CentOS 7 or Debian leave; dockerd, containerd and kubelet
# themselves are fakes that only sleep under these names. Same state, same files.
set -eu
state=$1
break_script=$2
umask 022
containers=/var/lib/docker/containers
rules=/etc/logrotate.d
first=1111111111111111111111111111111111111111111111111111111111111111
second=2222222222222222222222222222222222222222222222222222222222222222
third=3333333333333333333333333333333333333333333333333333333333333333

# ---- the machine

# What the state before left.
if [ -f /run/fakes ]; then
  while read -r pid; do
    kill "$pid" 2>/dev/null || continue
    while kill -0 "$pid" 2>/dev/null; do sleep 0.01; done
  done </run/fakes
  rm -f /run/fakes
fi
[ ! -f /usr/sbin/logrotate.gone ] || mv /usr/sbin/logrotate.gone /usr/sbin/logrotate
umount /var/lib/docker /var/log/pods 2>/dev/null || :
rm -rf /data /var/lib/docker /var/log/pods /var/log/containers /etc/docker "$rules" /var/lib/kubelet
mkdir -p "$rules" /var/log/pods /var/log/containers
printf 'root:x:0:0:root:/root:/bin/sh\nnobody:x:65534:65534:nobody:/:/bin/sh\n' >/etc/passwd
printf 'root:x:0:\nadm:x:4:\nutmp:x:43:\nnogroup:x:65534:\n' >/etc/group

cat >/etc/logrotate.conf <<'CONF'
# rotate log files weekly
weekly
rotate 4
create
dateext
include /etc/logrotate.d
CONF

cat >"$rules/syslog" <<'RULE'
/var/log/cron
/var/log/messages
/var/log/secure
{
    missingok
    sharedscripts
    postrotate
        /bin/kill -HUP `cat /var/run/syslogd.pid 2> /dev/null` 2> /dev/null || true
    endscript
}
RULE
chmod 0644 /etc/logrotate.conf "$rules/syslog"

# logrotate's daily run as cron starts it where systemd does not run; it ran a moment ago.
umount /usr/bin/systemctl /proc/uptime 2>/dev/null || :
rm -rf /run/systemd /etc/cron.d /etc/cron.hourly /etc/cron.daily /etc/cron.weekly /etc/cron.monthly /etc/anacrontab /var/spool/cron /var/lib/logrotate
mkdir -p /etc/cron.d /etc/cron.hourly /etc/cron.daily /var/lib/logrotate
printf 'SHELL=/bin/sh\nMAILTO=ops-logrotate@planted-secret.example\n17 * * * * root cd / && run-parts --report /etc/cron.hourly\n25 6 * * * root test -x /usr/sbin/anacron || { cd / && run-parts --report /etc/cron.daily; }\n' >/etc/crontab
cat >/etc/cron.daily/logrotate <<'SCRIPT'
#!/bin/sh
# skip in favour of systemd timer
if [ -d /run/systemd/system ]; then
    exit 0
fi
/usr/sbin/logrotate /etc/logrotate.conf
SCRIPT
chmod 0755 /etc/cron.daily/logrotate
echo 'logrotate state -- version 2' >/var/lib/logrotate/status

# fake NAME: a process of that name
fake() {
  mkdir -p /usr/local/fakes
  [ -x "/usr/local/fakes/$1" ] || cp /bin/sleep "/usr/local/fakes/$1"
  "/usr/local/fakes/$1" 3600 </dev/null >/dev/null 2>&1 &
  echo "$!" >>/run/fakes
}

# nobodys NAME WORD…: a process of that name that is an ordinary user's, and says what it likes
nobodys() {
  mkdir -p /usr/local/fakes/nobodys
  cp /bin/dash "/usr/local/fakes/nobodys/$1"
  [ -p /run/never ] || mkfifo /run/never
  chmod 0644 /run/never
  # shellcheck disable=SC2016 # the fake's own
  setpriv --reuid 65534 --clear-groups -- "/usr/local/fakes/nobodys/$1" -c 'read -r _ </run/never' "$@" </dev/null >/dev/null 2>&1 &
  echo "$!" >>/run/fakes
  until [ "$(cat "/proc/$!/comm")" = "$1" ]; do sleep 0.01; done
}

fill() {
  head -c "$2" /dev/zero | tr '\0' '.' >"$1"
  chmod 0640 "$1"
}

# docker_container ID POD BYTES LOG-CONFIG
docker_container() {
  mkdir -p "$containers/$1"
  chmod 0710 "${containers%/*}" "$containers" "$containers/$1"
  printf '{"Binds":null,"ContainerIDFile":"","LogConfig":%s,"NetworkMode":"none"}\n' "$4" >"$containers/$1/hostconfig.json"
  printf '{"Config":{"Env":["DB_PASSWORD=planted-secret"]}}\n' >"$containers/$1/config.v2.json"
  pod=/var/log/pods/shop_$2_00000000-0000-4000-8000-00000000000${1%"${1#?}"}/app
  mkdir -p "$pod"
  case $4 in
    *json-file*)
      fill "$containers/$1/$1-json.log" "$3"
      ln -sfn "$containers/$1/$1-json.log" "$pod/0.log"
      ln -sfn "$pod/0.log" "/var/log/containers/$2_shop_app-$1.log"
      ;;
  esac
}

json_file='{"Type":"json-file","Config":{}}'
bounded='{"Type":"json-file","Config":{"max-file":"3","max-size":"10m"}}'
journald='{"Type":"journald","Config":{}}'

docker_node() {
  fake cron
  fake dockerd
  fake containerd
  fake kubelet
  docker_container "$first" cart-5d8f7c6b9-x2x7k 300000 "${1:-$json_file}"
  docker_container "$second" api-7c9d8b6f5-q4m2n 40000 "${2:-$json_file}"
  docker_container "$third" cache-0 2000 "${3:-$json_file}"
}

containerd_node() {
  fake containerd
  ${1:-fake kubelet}
  for pod in cart-5d8f7c6b9-x2x7k api-7c9d8b6f5-q4m2n; do
    folder=/var/log/pods/shop_${pod}_00000000-0000-4000-8000-000000000001/app
    mkdir -p "$folder"
    fill "$folder/0.log" 250000
    fill "$folder/0.log.20260101-030000" 90000
    ln -sfn "$folder/0.log" "/var/log/containers/${pod}_shop_app-$first.log"
  done
}

# A node whose kubelet has a configuration file: kubelet_with LINE. The fake one is a shell that waits for ever.
kubelet_with() {
  mkdir -p /usr/local/fakes/configured /var/lib/kubelet/pods/00000000-0000-4000-8000-000000000001
  [ -x /usr/local/fakes/configured/kubelet ] || cp /bin/dash /usr/local/fakes/configured/kubelet
  [ -p /run/never ] || mkfifo /run/never
  printf 'apiVersion: kubelet.config.k8s.io/v1beta1\nkind: KubeletConfiguration\nmaxPods: 2\n%s\nstaticPodURLHeader:\n  Authorization:\n  - Bearer planted-secret\nfailSwapOn: false\n' "$1" >/var/lib/kubelet/config.yaml
  containerd_node fake_kubelet
}

fake_kubelet() {
  # shellcheck disable=SC2016 # the fake's own
  /usr/local/fakes/configured/kubelet -c 'read -r _ </run/never' kubelet --config=/var/lib/kubelet/config.yaml --token planted-secret </dev/null >/dev/null 2>&1 &
  echo "$!" >>/run/fakes
}

small_pod_disk() {
  mount -t tmpfs -o size=64m,mode=0755 disk /var/log/pods
}

rule() {
  printf '%s {\n' "$1"
  shift
  printf '    %s\n' "$@"
  printf '}\n'
}

# The guide's own rule.
guide() {
  rule "$1" 'rotate 10' copytruncate missingok notifempty compress 'maxsize 100M' daily dateext 'dateformat -%Y%m%d-%s' \
    'create 0644 root root'
}

other_rule() {
  rule '/var/log/shop/*.log' weekly 'rotate 8' missingok
}

# systemd runs, and systemctl (a stand-in) prints what stands on standard input
systemd() {
  mkdir -p /run/systemd/system
  printf '#!/bin/sh\ncat /run/systemd/show\n' >/run/systemd/systemctl
  chmod 0755 /run/systemd/systemctl
  cat >/run/systemd/show
  mount --bind /run/systemd/systemctl /usr/bin/systemctl
}

# A systemd that does not answer: dbus or process 1 hangs.
silent_systemd() {
  echo | systemd
  printf '#!/bin/sh\nexec sleep 60\n' >/run/systemd/systemctl
}

# timer ACTIVE ENABLED RESULT STATUS PROTECTED: logrotate's units as Debian ships them
timer() {
  printf 'Unit=logrotate.service\nTimersCalendar={ OnCalendar=*-*-* 00:00:00 ; next_elapse=n/a }\nResult=success\nId=logrotate.timer\nLoadState=loaded\nActiveState=%s\nUnitFileState=%s\n\n' "$1" "$2"
  printf 'Result=%s\nExecMainStatus=%s\nExecMainExitTimestampMonotonic=0\nExecStart={ path=/usr/sbin/logrotate ; argv[]=/usr/sbin/logrotate /etc/logrotate.conf ; ignore_errors=no ; start_time=[n/a] ; stop_time=[n/a] ; pid=0 ; code=(null) ; status=0/0 }\nReadWritePaths=\nReadOnlyPaths=\nInaccessiblePaths=\nProtectHome=no\nProtectSystem=%s\nId=logrotate.service\nLoadState=loaded\nActiveState=inactive\nUnitFileState=static\n' "$3" "$4" "$5"
}

daemon_json() {
  mkdir -p /etc/docker
  printf '%s\n' "$1" >/etc/docker/daemon.json
}

# A node that was started twelve days ago.
long_up() {
  echo '1036800.00 2000000.00' >/run/uptime
  mount --bind /run/uptime /proc/uptime
}

# A disk of 64 MiB for docker.
small_disk() {
  mkdir -p /var/lib/docker
  mount -t tmpfs -o size=64m,mode=0710 disk /var/lib/docker
}

full_of_pod_logs() {
  mount -t tmpfs -o size=64m,mode=0755 disk /var/log/pods
  containerd_node
  inject disk-over-threshold
  hold_open /var/log/pods/shop_*/app/0.log
}

# Whoever writes a log has it open.
hold_open() {
  for log in "$@"; do
    sleep 3600 3>>"$log" >/dev/null 2>&1 &
    echo "$!" >>/run/fakes
  done
}

inject() {
  sh -c "$break_script" sh "$1"
}

# ---- the states

case $state in
  pass-rule-ok)
    docker_node
    guide "$containers/*/*.log" >"$rules/docker"
    ;;
  pass-bounded-by-daemon)
    daemon_json '{"log-opts": {"max-file": "3", "max-size": "10m"}}'
    docker_node "$bounded" "$bounded" "$bounded"
    ;;
  pass-other-log-driver)
    daemon_json '{"log-driver": "journald"}'
    docker_node "$journald" "$journald" "$journald"
    ;;
  fail-daemon-config-broken)
    docker_node
    guide "$containers/*/*.log" >"$rules/docker"
    inject daemon-config-broken
    ;;
  fail-daemon-config-broken-log-option)
    docker_node
    guide "$containers/*/*.log" >"$rules/docker"
    # The file has to be younger than the daemon, and both times are whole seconds.
    sleep 3
    daemon_json '{"log-opts": {"max-size": "10m", "max-files": "3"}}'
    ;;
  fail-daemon-config-broken-log-driver-option)
    docker_node
    guide "$containers/*/*.log" >"$rules/docker"
    sleep 3
    daemon_json '{"log-driver": "journald", "log-opts": {"max-size": "10m"}}'
    ;;
  warn-daemon-limits-pending)
    docker_node
    guide "$containers/*/*.log" >"$rules/docker"
    # The file has to be younger than the daemon, and both times are whole seconds.
    sleep 3
    daemon_json '{"exec-opts": ["native.cgroupdriver=systemd"], "log-opts": {"max-size": "10m"}, "live-restore": true}'
    ;;
  unknown-daemon)
    docker_node
    guide "$containers/*/*.log" >"$rules/docker"
    mkdir -p /etc/docker/daemon.json
    ;;
  pass-data-root-elsewhere)
    mkdir -p /data/docker /etc/docker
    rm -rf /var/lib/docker
    ln -s /data/docker /var/lib/docker
    docker_node
    guide '/data/docker/containers/*/*-json.log' >"$rules/docker"
    ;;
  fail-rule-missing)
    docker_node
    guide "$containers/*/*.log" >"$rules/docker"
    inject rule-missing
    ;;
  fail-rule-missing-data-root)
    mkdir -p /etc/docker
    containers=/data/docker/containers
    docker_node
    # The file holds a secret that must not be read along.
    printf '{\n  "data-root": "/data/docker",\n  "proxies": { "http-proxy": "http://user:planted-secret@proxy:3128" }\n}\n' >/etc/docker/daemon.json
    ;;
  fail-rule-missing-partly-bounded) docker_node "$bounded" "$json_file" "$bounded" ;;
  fail-rule-missing-odd-globals)
    # What stands before the include reaches into every rule that does not take it back.
    docker_node
    sed -i 's/^weekly$/weekly\ndelaycompress\nminsize 5M\nminage 3\nolddir old/' /etc/logrotate.conf
    rm "$rules/syslog"
    ;;
  fail-rule-broken)
    docker_node
    inject rule-broken
    ;;
  fail-rule-broken-among-others)
    docker_node
    { printf '%s {\n    daily\n    copytruncate\n\n' "$containers/*/*.log"; other_rule; } >"$rules/docker"
    ;;
  fail-rule-broken-olddir)
    docker_node
    rule "$containers/*/*.log" daily copytruncate 'rotate 3' 'olddir /var/log/docker-old' >"$rules/docker"
    ;;
  fail-rule-broken-windows)
    docker_node
    guide "$containers/*/*.log" | sed 's/$/\r/' >"$rules/docker"
    ;;
  fail-rule-ignored)
    docker_node
    inject rule-ignored
    ;;
  fail-rule-ignored-owner)
    docker_node
    rule "$containers/*/*.log" daily copytruncate 'rotate 3' 'postrotate' '/usr/local/bin/notify' 'endscript' >"$rules/docker"
    chown 65534 "$rules/docker"
    ;;
  fail-rule-ignored-name)
    docker_node
    guide "$containers/*/*.log" >"$rules/docker.rpmsave"
    ;;
  fail-rule-does-not-cover)
    docker_node
    inject rule-does-not-cover
    ;;
  fail-rule-does-not-cover-one)
    docker_node
    guide "$containers/$first/*.log" >"$rules/docker"
    ;;
  fail-rule-does-not-cover-insecure)
    docker_node
    guide "$containers/*/*.log" >"$rules/docker"
    chmod 0770 "$containers/$second"
    chgrp 4 "$containers/$second"
    ;;
  fail-rule-unsafe)
    docker_node
    inject rule-unsafe
    ;;
  fail-rule-unsafe-among-others)
    docker_node
    { echo '# rules of the shop'; other_rule; printf '\n'; rule "$containers/*/*-json.log" daily 'rotate 3' create; printf '\n# the end\n'; } >"$rules/shop"
    ;;
  fail-rule-unsafe-mixed)
    docker_node
    rule "/var/log/shop/*.log $containers/*/*-json.log" daily 'rotate 3' >"$rules/shop"
    ;;
  fail-rule-unsafe-other-files)
    docker_node
    guide "$containers/*/*" >"$rules/docker"
    ;;
  fail-rule-unsafe-rotated)
    docker_node
    rule "$containers/*/*-json.log*" daily copytruncate 'rotate 3' >"$rules/docker"
    ;;
  fail-rule-unsafe-secret)
    docker_node
    rule "$containers/*/*-json.log" daily 'rotate 3' postrotate 'curl -u ops:planted-secret https://hooks.internal/rotated' endscript >"$rules/docker"
    ;;
  fail-rule-never-rotates)
    docker_node
    inject rule-never-rotates
    ;;
  fail-rule-never-rotates-same-name)
    docker_node
    rule "$containers/*/*-json.log" daily copytruncate 'rotate 3' dateext 'dateformat -%Y%m' >"$rules/docker"
    ;;
  fail-rule-never-rotates-often-run)
    docker_node
    rule "$containers/*/*-json.log" daily 'maxsize 100M' copytruncate 'rotate 3' dateext >"$rules/docker"
    mv /etc/cron.daily/logrotate /etc/cron.hourly/logrotate
    ;;
  fail-log-outgrows-room)
    # A disk of half a MiB, and on it a log that takes more than half of it.
    mkdir -p /var/lib/docker
    mount -t tmpfs -o size=512k,mode=0710 disk /var/lib/docker
    docker_node
    guide "$containers/*/*.log" >"$rules/docker"
    ;;
  pass-rule-ok-small-disk)
    small_disk
    docker_node
    guide "$containers/*/*.log" >"$rules/docker"
    hold_open "$containers"/*/*-json.log
    ;;
  fail-disk-over-threshold)
    small_disk
    docker_node
    guide "$containers/*/*.log" >"$rules/docker"
    inject disk-over-threshold
    hold_open "$containers/$first"/*-json.log "$containers/$second"/*-json.log
    ;;
  fail-disk-over-threshold-pods)
    full_of_pod_logs
    ;;
  unknown-free-room)
    full_of_pod_logs
    ;;
  fail-disk-fills)
    # A disk of 8 MiB that a layer of an image fills.
    mkdir -p /var/lib/docker
    mount -t tmpfs -o size=8m,mode=0710 disk /var/lib/docker
    docker_node
    guide "$containers/*/*.log" >"$rules/docker"
    mkdir -p /var/lib/docker/overlay2/layer/diff
    fill /var/lib/docker/overlay2/layer/diff/model 6900000
    ;;
  fail-disk-fills-logs)
    # A log that takes 20 MB an hour, on a disk of 64 MiB: the rule is right, and rotates only once a day.
    mkdir -p /var/lib/docker
    mount -t tmpfs -o size=64m,mode=0710 disk /var/lib/docker
    docker_node
    guide "$containers/*/*.log" >"$rules/docker"
    line=$(date -u -d '1 hour ago' '+{"log":"GET /","stream":"stdout","time":"%Y-%m-%dT%H:%M:%S.000000001Z"}')
    yes "$line" | head -n 300000 >"$containers/$first/$first-json.log"
    date -u '+{"log":"GET /","stream":"stdout","time":"%Y-%m-%dT%H:%M:%S.000000001Z"}' >>"$containers/$first/$first-json.log"
    ;;
  warn-rule-has-errors)
    docker_node
    rule "$containers/*/*.log" daily copytruncate 'rotate 3' 'maxsizee 100M' >"$rules/docker"
    ;;
  warn-rule-has-errors-unclosed)
    docker_node
    guide "$containers/*/*.log" | sed '$d' >"$rules/docker"
    ;;
  warn-rule-lacks-missingok)
    docker_node
    guide "$containers/*/*.log" | sed '/missingok/d' >"$rules/docker"
    ;;
  warn-rule-duplicate)
    docker_node
    inject rule-duplicate
    ;;
  warn-rule-loses-logs)
    docker_node
    rule "$containers/*/*.log" daily copytruncate 'rotate 0' >"$rules/docker"
    ;;
  warn-rule-keeps-all)
    docker_node
    rule "$containers/*/*.log" daily copytruncate 'rotate -1' >"$rules/docker"
    ;;
  warn-rule-too-rare)
    docker_node
    rule "$containers/*/*.log" copytruncate 'rotate 3' >"$rules/docker"
    ;;
  fail-logrotate-missing)
    docker_node
    mv /usr/sbin/logrotate /usr/sbin/logrotate.gone
    ;;
  fail-logrotate-not-scheduled)
    docker_node
    guide "$containers/*/*.log" >"$rules/docker"
    inject logrotate-not-scheduled
    touch -d '3 days ago' /var/lib/logrotate/status
    ;;
  fail-logrotate-not-scheduled-account)
    # The word behind the time is the account: Debian's cron gives up the whole table for this line.
    docker_node
    guide "$containers/*/*.log" >"$rules/docker"
    rm /etc/cron.daily/logrotate
    printf 'MAILTO=ops@planted-secret.example\n0 * * * * /usr/sbin/logrotate /etc/logrotate.conf\n30 4 * * * root echo planted-secret\n' >/etc/cron.d/logs
    touch -d '3 days ago' /var/lib/logrotate/status
    ;;
  fail-logrotate-not-scheduled-timer)
    docker_node
    guide "$containers/*/*.log" >"$rules/docker"
    timer inactive disabled success 0 full | systemd
    rm /var/lib/logrotate/status
    ;;
  fail-logrotate-sandboxed)
    containers=/usr/docker/containers
    mkdir -p /usr/docker /etc/docker
    printf '{"data-root": "/usr/docker"}\n' >/etc/docker/daemon.json
    docker_node
    guide "$containers/*/*.log" >"$rules/docker"
    timer active enabled success 0 full | systemd
    ;;
  warn-logrotate-not-scheduled-ran-lately)
    docker_node
    guide "$containers/*/*.log" >"$rules/docker"
    rm /etc/cron.daily/logrotate
    touch -d '5 hours ago' /var/lib/logrotate/status
    ;;
  warn-logrotate-overdue)
    docker_node
    guide "$containers/*/*.log" >"$rules/docker"
    touch -d '10 days ago' /var/lib/logrotate/status
    long_up
    ;;
  warn-logrotate-overdue-never)
    docker_node
    guide "$containers/*/*.log" >"$rules/docker"
    rm /var/lib/logrotate/status
    long_up
    ;;
  warn-docker-logs-exceed-disk)
    small_disk
    large='{"Type":"json-file","Config":{"max-file":"3","max-size":"100g"}}'
    daemon_json '{"log-opts": {"max-file": "3", "max-size": "100g"}}'
    docker_node "$large" "$large" "$large"
    ;;
  warn-docker-logs-exceed-disk-rule)
    small_disk
    docker_node
    rule "$containers/*/*-json.log" daily 'rotate 1000' copytruncate missingok notifempty >"$rules/docker"
    ;;
  warn-logrotate-runs-rarely)
    docker_node
    guide "$containers/*/*.log" >"$rules/docker"
    mkdir -p /etc/cron.weekly
    mv /etc/cron.daily/logrotate /etc/cron.weekly/logrotate
    printf '47 6 * * 7 root cd / && run-parts --report /etc/cron.weekly\n' >>/etc/crontab
    ;;
  warn-logrotate-until-reboot)
    docker_node
    guide "$containers/*/*.log" >"$rules/docker"
    timer active disabled success 0 full | systemd
    ;;
  warn-logrotate-fails)
    docker_node
    guide "$containers/*/*.log" >"$rules/docker"
    timer active enabled exit-code 1 full | systemd
    ;;
  pass-rule-ok-anacron)
    # As CentOS 7 has it: cron starts anacron's hourly script, and anacron the daily ones.
    docker_node
    guide "$containers/*/*.log" >"$rules/docker"
    : >/etc/crontab
    printf 'SHELL=/bin/bash\n01 * * * * root run-parts /etc/cron.hourly\n' >/etc/cron.d/0hourly
    printf '#!/bin/sh\n/usr/sbin/anacron -s\n' >/etc/cron.hourly/0anacron
    chmod 0755 /etc/cron.hourly/0anacron
    printf 'RANDOM_DELAY=45\n1\t5\tcron.daily\t\tnice run-parts /etc/cron.daily\n' >/etc/anacrontab
    printf '#!/bin/sh\n/usr/sbin/logrotate -s /var/lib/logrotate/logrotate.status /etc/logrotate.conf\n' >/etc/cron.daily/logrotate
    mv /var/lib/logrotate/status /var/lib/logrotate/logrotate.status
    long_up
    ;;
  pass-kubelet-rotates) containerd_node ;;
  pass-kubelet-rotates-configz) containerd_node ;;
  fail-rule-fights-kubelet)
    containerd_node
    inject rule-fights-kubelet
    ;;
  fail-rule-fights-kubelet-among-others)
    containerd_node
    { other_rule; rule '/var/log/pods/*/*/*.log' daily copytruncate; rule '/var/log/last.log' monthly; } >"$rules/shop"
    ;;
  fail-rule-fights-kubelet-mixed)
    containerd_node
    rule '/var/log/*/*/*/*.log' daily copytruncate >"$rules/shop"
    ;;
  warn-rule-without-effect)
    containerd_node
    inject rule-without-effect
    ;;
  warn-rule-without-effect-links)
    containerd_node
    rule '/var/log/containers/*.log' daily copytruncate >"$rules/containers"
    ;;
  unknown-schedule)
    docker_node
    guide "$containers/*/*.log" >"$rules/docker"
    silent_systemd
    ;;
  fail-kubelet-never-rotates) kubelet_with 'containerLogMaxSize: "-1"' ;;
  fail-kubelet-limits-refused) kubelet_with 'containerLogMaxFiles: 1' ;;
  fail-kubelet-limits-refused-size) kubelet_with 'containerLogMaxSize: 10MB' ;;
  fail-kubelet-limits-refused-number) kubelet_with 'containerLogMaxSize: 10485760' ;;
  warn-kubelet-limits-exceed-disk) kubelet_with 'containerLogMaxSize: 10Ti' ;;
  warn-kubelet-logs-past-limit)
    small_pod_disk
    kubelet_with 'containerLogMaxSize: 1Mi'
    fill /var/log/pods/shop_cart-*/app/0.log 6000000
    ;;
  warn-kubelet-forgot-logs)
    small_pod_disk
    kubelet_with 'containerLogMaxSize: 1Mi'
    mkdir -p /var/log/pods/shop_old-0_00000000-0000-4000-8000-000000000002/app
    fill /var/log/pods/shop_old-0_00000000-0000-4000-8000-000000000002/app/0.log 6000000
    ;;
  unknown-kubelet-limits)
    kubelet_with 'containerLogMaxSize: 1Mi'
    rm /var/lib/kubelet/config.yaml
    ;;
  unknown-kubelet-configz-forbidden) kubelet_with 'containerLogMaxSize: 1Mi' ;;
  unknown-kubelet-configz) kubelet_with 'containerLogMaxSize: 1Mi' ;;
  unknown-runtime) : ;;
  unknown-process-doubtful)
    containerd_node
    nobodys dockerd --config-file=/etc/nologin --data-root=/home/nobody
    ;;
  unknown-included-file)
    docker_node
    guide "$containers/*/*.log" >"$rules/docker"
    echo 'include local-rules' >>/etc/logrotate.conf
    ;;
  unknown-needs-root)
    docker_node
    guide "$containers/*/*.log" >"$rules/docker"
    ;;
  *)
    echo "no state $state" >&2
    exit 2
    ;;
esac
