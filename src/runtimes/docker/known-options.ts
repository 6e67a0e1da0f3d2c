/**
 * The words that dockerd's configuration file may hold at its top, of all releases from 17.06 to 29 together (moby
 * daemon/config/config.go and the reference of dockerd): any other keeps it from starting.
 */
export const knownOptions: ReadonlySet<string> = new Set(
  `allow-direct-routing allow-nondistributable-artifacts api-cors-header authorization-plugins bip bip6 bridge
  bridge-accept-fwmark builder cdi-spec-dirs cgroup-parent cluster-advertise cluster-store cluster-store-opts containerd
  containerd-namespace containerd-plugin-namespace containerd-plugins-namespace cpu-rt-period cpu-rt-runtime cri-containerd
  data-root debug default-address-pools default-cgroupns-mode default-gateway default-gateway-v6 default-init default-ipc-mode
  default-network-opts default-runtime default-shm-size default-ulimits deprecated-key-path disable-legacy-registry dns
  dns-opts dns-search exec-opts exec-root experimental features firewall-backend fixed-cidr fixed-cidr-v6 graph group
  host-gateway-ip host-gateway-ips hosts http-proxy https-proxy icc init init-path insecure-registries ip ip-forward
  ip-forward-no-drop ip-masq ip6tables iptables ipv6 labels live-restore log-driver log-format log-level log-opts
  max-concurrent-downloads max-concurrent-uploads max-download-attempts metrics-addr min-api-version mtu
  network-control-plane-mtu network-diagnostic-port no-new-privileges no-proxy node-generic-resources oom-score-adjust pidfile
  proxies raw-logs registry-mirrors rootless runtimes seccomp-profile selinux-enabled shutdown-timeout storage-driver
  storage-opts swarm-default-advertise-addr swarm-raft-election-tick swarm-raft-heartbeat-tick tls tlscacert tlscert tlskey
  tlsverify userland-proxy userland-proxy-path userns-remap validate`.split(/\s+/),
);

/** Flags that go by another name than the option of the file. All others have the same. */
const otherNames: Readonly<Record<string, string>> = {
  '-H': 'hosts',
  '--host': 'hosts',
  '-l': 'log-level',
  '-D': 'debug',
  '-g': 'data-root',
  '--graph': 'data-root',
  '-G': 'group',
  '-b': 'bridge',
  '-s': 'storage-driver',
  '-p': 'pidfile',
  '--label': 'labels',
  '--log-opt': 'log-opts',
  '--exec-opt': 'exec-opts',
  '--storage-opt': 'storage-opts',
  '--dns-opt': 'dns-opts',
  '--registry-mirror': 'registry-mirrors',
  '--insecure-registry': 'insecure-registries',
  '--default-ulimit': 'default-ulimits',
  '--default-address-pool': 'default-address-pools',
  '--authorization-plugin': 'authorization-plugins',
  '--cluster-store-opt': 'cluster-store-opts',
  '--node-generic-resource': 'node-generic-resources',
};

/** The option of the file that a flag stands for. */
export function optionOfFlag(flag: string): string {
  return otherNames[flag] ?? flag.replace(/^-+/, '');
}
