import { stringify } from 'yaml';
import type { TreeEntry } from '../../lab/node/file-tree.ts';
import type { Issued } from '../../src/kubernetes/testing/authority.ts';
import { sandboxImage } from './image-archive.ts';
import { kubeconfigText } from '../control-plane/kubeconfig.ts';
import { podNetwork, type PlannedNode } from '../testbed-plan.ts';

export interface KubeletFilesOptions {
  readonly node: PlannedNode;
  /** Certificate of the cluster's authority, PEM. */
  readonly authority: string;
  /** Of `system:node:NAME`, for the API server and for the kubelet's own port. */
  readonly credentials: Issued;
  /** The API server as nodes reach it. */
  readonly server: string;
}

/** The Node object's group, by the label that kops-like tools use; nodemend reads it as the node group. */
export const groupLabel = 'node.kubernetes.io/instance-group';
/** What kubelet 1.23 (dockershim) is asked for by flags; later ones have it in the runtime's configuration. */
const dockershimFlags = ['--network-plugin=cni', `--pod-infra-container-image=${sandboxImage}`];

export function kubeletFiles({ node, authority, credentials, server }: KubeletFilesOptions): readonly TreeEntry[] {
  const flags = [
    `--node-ip=${node.networkAddress}`,
    `--hostname-override=${node.name}`,
    `--node-labels=${groupLabel}=${node.runtime}`,
  ];
  const all = node.runtime === 'docker' ? [...flags, ...dockershimFlags] : flags;
  const user = `system:node:${node.name}`;
  return [
    { path: '/etc/default/kubelet', kind: 'file', content: `KUBELET_ARGS="${all.join(' ')}"\n` },
    { path: '/etc/kubernetes', kind: 'folder' },
    { path: '/etc/kubernetes/pki', kind: 'folder' },
    { path: '/etc/kubernetes/pki/ca.crt', kind: 'file', content: authority },
    { path: '/etc/kubernetes/pki/kubelet.crt', kind: 'file', content: credentials.certificate },
    { path: '/etc/kubernetes/pki/kubelet.key', kind: 'file', content: credentials.key, mode: 0o600 },
    {
      path: '/etc/kubernetes/kubelet.conf',
      kind: 'file',
      content: kubeconfigText({ server, ca: authority, user, ...credentials }),
      mode: 0o600,
    },
    {
      path: '/etc/cni/net.d/10-bridge.conflist',
      kind: 'file',
      content: `${JSON.stringify(podNetworkConfig(node), undefined, 2)}\n`,
    },
  ];
}

/** `/var/lib/kubelet/config.yaml`; it lies on the node's disk, beside the root. */
export function kubeletConfig({ networkAddress, runtime }: PlannedNode): string {
  return stringify({
    apiVersion: 'kubelet.config.k8s.io/v1beta1',
    kind: 'KubeletConfiguration',
    address: networkAddress,
    clusterDNS: ['10.96.0.10'],
    clusterDomain: 'cluster.local',
    cgroupDriver: 'cgroupfs',
    failSwapOn: false,
    tlsCertFile: '/etc/kubernetes/pki/kubelet.crt',
    tlsPrivateKeyFile: '/etc/kubernetes/pki/kubelet.key',
    authentication: {
      anonymous: { enabled: false },
      webhook: { enabled: true },
      x509: { clientCAFile: '/etc/kubernetes/pki/ca.crt' },
    },
    authorization: { mode: 'Webhook' },
    nodeStatusUpdateFrequency: '5s',
    ...(runtime === 'docker' ? {} : { containerRuntimeEndpoint: 'unix:///run/containerd/containerd.sock' }),
  });
}

function podNetworkConfig(node: PlannedNode): object {
  const ipam = { type: 'host-local', ranges: [[{ subnet: podNetwork(node) }]], routes: [{ dst: '0.0.0.0/0' }] };
  const bridge = { type: 'bridge', bridge: 'cni0', isGateway: true, ipMasq: true, ipam };
  return {
    cniVersion: '0.4.0',
    name: 'pods',
    plugins: [bridge, { type: 'portmap', capabilities: { portMappings: true } }],
  };
}
