/**
 * What the guide sets on `calico-node` against its UDP trouble (NKS troubleshooting guide, 2024-10-08). Accepted values
 * are Felix's own, in any case (felix/config/config_params.go).
 */
export const udpVariables = [
  {
    name: 'FELIX_BPFCONNECTTIMELOADBALANCING',
    field: 'bpfConnectTimeLoadBalancing',
    value: 'Enabled',
    accepted: /^(?:TCP|Enabled|Disabled)$/i,
  },
  {
    name: 'FELIX_BPFHOSTNETWORKEDNATWITHOUTCTLB',
    field: 'bpfHostNetworkedNATWithoutCTLB',
    value: 'Disabled',
    accepted: /^(?:Enabled|Disabled)$/i,
  },
] as const;

/** Calico's DaemonSet and the container in it that Felix runs in are called the same, in its manifests and its operator. */
export const calicoNode = 'calico-node';

/** Where its manifests put it, and where its operator does. */
export const calicoNamespaces: readonly string[] = ['kube-system', 'calico-system'];
