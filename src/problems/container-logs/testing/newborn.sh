#!/bin/sh
# Makes the private root it runs in look like a node before its first boot is over: newborn.sh KIND
# What fixture.sh left is gone; programs of the machine that would tell a runtime are hidden. dockerd, containerd and kubelet are fakes:
# files of that name on the PATH; only `kubelet --version` answers.
set -eu
umask 022
for program in dockerd containerd crio cri-dockerd kubelet; do
  rm -f "/usr/local/bin/$program" "/usr/bin/$program" "/usr/sbin/$program"
done
umount /etc/logrotate.d 2>/dev/null || :
rm -rf /var/lib/docker /data /etc/docker /var/lib/kubelet /etc/kubernetes /etc/default/kubelet /etc/crictl.yaml /etc/logrotate.d /var/lib/nodemend
rm -rf /etc/systemd/system/docker.service.d /etc/systemd/system/kubelet.service.d
mkdir -p /etc/logrotate.d /etc/docker /etc/default /etc/kubernetes /var/lib/kubelet
printf '# rotate log files weekly\nweekly\nrotate 4\ncreate\ndateext\ninclude /etc/logrotate.d\n' >/etc/logrotate.conf
printf '/var/log/cron\n{\n    missingok\n}\n' >/etc/logrotate.d/syslog
chmod 0644 /etc/logrotate.conf /etc/logrotate.d/syslog

# program NAME [WORDS]: a fake on the PATH
program() {
  printf '#!/bin/sh\n# a fake\necho %s\n' "'${2-}'" >"/usr/local/bin/$1"
  chmod 0755 "/usr/local/bin/$1"
}

case $1 in
  empty) ;;
  docker)
    program dockerd
    program containerd
    program kubelet 'Kubernetes v1.23.3'
    ;;
  containerd)
    # As on a node whose image brings docker along.
    program dockerd
    program containerd
    program kubelet 'Kubernetes v1.28.3'
    ;;
  containerd-told)
    program dockerd
    program kubelet 'Kubernetes v1.23.3'
    printf '# --container-runtime-endpoint=unix:///run/cri-dockerd.sock\nKUBELET_EXTRA_ARGS="--container-runtime=remote --container-runtime-endpoint=unix:///run/containerd/containerd.sock --v=2"\n' >/etc/default/kubelet
    ;;
  containerd-configured)
    program dockerd
    printf 'kind: KubeletConfiguration\ncontainerRuntimeEndpoint: "unix:///run/containerd/containerd.sock"\n' >/var/lib/kubelet/config.yaml
    ;;
  containerd-alone) program containerd ;;
  cri-dockerd)
    program dockerd
    program kubelet 'Kubernetes v1.28.3'
    mkdir -p /etc/systemd/system/kubelet.service.d
    printf '[Service]\nEnvironment=ARGS="--container-runtime-endpoint=unix:///run/cri-dockerd.sock"\n' >/etc/systemd/system/kubelet.service.d/10-cri.conf
    ;;
  *) exit 2 ;;
esac
