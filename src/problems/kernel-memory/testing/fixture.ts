import { foldWarnings, projectWarning } from '../../../evidence/collect-events.ts';
import type { ApiNode, Evidence, NodeEvidence, Section, Observed } from '../../../evidence/evidence.ts';
import { printedState, type PrintedNode } from '../../../grub/testing/printed-state.ts';
import { problemId } from '../meta.ts';

/** A node as the probe finds it; what is not named is a healthy CentOS 7 with cgroup v1. */
export interface FixtureNode {
  readonly release?: string;
  readonly arguments?: readonly string[];
  readonly version?: 1 | 2;
  readonly ids?: number;
  readonly folders?: number | 'timed-out';
  readonly slabinfo?: 'table' | 'empty' | 'refused' | 'absent';
  /** KiB, of 16 GiB. */
  readonly available?: number;
  readonly log?: readonly string[];
  readonly bootId?: string;
  /** What GRUB boots; without it CentOS 7 on BIOS as it is installed. */
  readonly boot?: PrintedNode;
  /** Nobody logged in. */
  readonly unseen?: 'not-looked-at' | 'unreachable';
}

/** A warning of kubelet. */
export interface FixtureEvent {
  readonly node?: string;
  readonly reason: string;
  readonly message: string;
  readonly count?: number;
}

/** CentOS 7's configuration on BIOS, put together from its documents; `more` is in its defaults and in what was made of them. */
export function centosBoot(more = ''): PrintedNode {
  const release = '3.10.0-1160.119.1.el7.x86_64';
  const words = `crashkernel=auto rhgb quiet${more}`;
  return {
    commandLine: `BOOT_IMAGE=/vmlinuz-${release} root=/dev/mapper/centos-root ro crashkernel=auto rhgb quiet`,
    tools: ['grub2-mkconfig', 'grubby'],
    files: {
      '/etc/default/grub': `GRUB_TIMEOUT=5\nGRUB_CMDLINE_LINUX="${words}"\nGRUB_DISABLE_RECOVERY="true"\n`,
      '/boot/grub2/grub.cfg':
        "### BEGIN /etc/grub.d/10_linux ###\nmenuentry 'CentOS Linux 7 (Core)' --class centos {\n" +
        `\tlinux16 /vmlinuz-${release} root=/dev/mapper/centos-root ro ${words}\n### END /etc/grub.d/10_linux ###\n`,
    },
  };
}

const uptime = 4_000_000;

function section(output: string): Observed<Section> {
  return { state: 'seen', value: { exitCode: 0, encoding: 'utf8', output, truncated: false, errors: '' } };
}

function memorySection(node: FixtureNode): string {
  const { release = '3.10.0-1160.119.1.el7.x86_64', version = 1, ids = 412, available = 9_000_000 } = node;
  return [
    `release ${release}`,
    ...(node.arguments ?? []).map((argument) => `argument ${argument}`),
    `uptime ${uptime}.12`,
    ...(version === 1 ? ['controller cpu 4 395 1', `controller memory 8 ${ids} 1`, 'controller pids 11 395 1'] : []),
    'memory MemTotal 16266172',
    `memory MemAvailable ${available}`,
    'memory Slab 1986420',
    'memory SUnreclaim 1735932',
    version === 1 ? 'mount v1 /sys/fs/cgroup/memory' : 'mount v2 /sys/fs/cgroup',
    ...(version === 1 ? [`slabinfo ${node.slabinfo ?? 'table'}`] : ['dying 12']),
    '',
  ].join('\n');
}

function sectionsOf(node: FixtureNode): NodeEvidence['sections'] {
  const { folders = 395, version = 1 } = node;
  const count: Observed<Section> =
    folders === 'timed-out'
      ? { state: 'unknown', reason: 'timed-out', detail: 'section kernel/cgroup-folders' }
      : section(version === 1 ? `${folders}\n` : 'none\n');
  return {
    'kernel/memory-cgroups': section(memorySection(node)),
    'kernel/cgroup-folders': count,
    'grub/boot-state': section(printedState(node.boot ?? centosBoot())),
    'kernel/log': section((node.log ?? []).map((line) => `[${uptime - 600}.123456] ${line}\n`).join('')),
  };
}

function accessOf(
  name: string,
  { unseen, bootId = '01234567-89ab-4def-8123-456789abcdef' }: FixtureNode,
): NodeEvidence['access'] {
  if (unseen === 'not-looked-at') return { state: 'not-looked-at', enable: '--via ssh' };
  if (unseen === 'unreachable')
    return { state: 'unknown', reason: 'unreachable', detail: 'connect ECONNREFUSED 10.0.0.11:22' };
  return {
    state: 'seen',
    value: {
      transport: 'ssh',
      user: 'centos',
      privilege: 'sudo',
      hostname: name,
      machineId: '0123456789abcdef0123456789abcdef',
      bootId,
      clockSkewMs: 3,
      tookMs: 61,
    },
  };
}

function apiNode(release: string): Observed<ApiNode> {
  return {
    state: 'seen',
    value: {
      uid: 'uid-worker-1',
      createdAt: '2026-01-01T00:00:00Z',
      labels: {},
      taints: [],
      unschedulable: false,
      conditions: [],
      osImage: 'CentOS Linux 7 (Core)',
      kernelVersion: release,
      containerRuntimeVersion: 'containerd://1.6.21',
      kubeletVersion: 'v1.23.3',
      bootID: '01234567-89ab-4def-8123-456789abcdef',
      machineID: '0123456789abcdef0123456789abcdef',
    },
  };
}

/** One node, `worker-1`, and what kubelets said; without events the cluster was not asked. */
export function fixture(
  node: FixtureNode,
  events?: readonly FixtureEvent[] | 'forbidden',
  collectedAt = '2026-11-30T00:00:00.000Z',
): Evidence {
  const { release = '3.10.0-1160.119.1.el7.x86_64' } = node;
  const asked = events !== undefined;
  return {
    schema: 'nodemend.dev/evidence/v1',
    collectedAt,
    collector: { version: '0.1.0' },
    scope: {
      via: node.unseen === 'not-looked-at' ? 'none' : 'ssh',
      targets: asked ? 'cluster' : 'hosts',
      problems: [problemId],
    },
    cluster: asked
      ? {
          state: 'seen',
          value: {
            uid: { state: 'seen', value: '7f2c8f0e-1111-4222-8333-444455556666' },
            context: 'practice',
            server: 'https://127.0.0.1:6443',
            version: { state: 'seen', value: 'v1.23.3' },
            events:
              events === 'forbidden'
                ? { state: 'unknown', reason: 'forbidden', detail: 'events is forbidden' }
                : { state: 'seen', value: foldWarnings(events.map((event) => projectWarning(eventObject(event)))) },
          },
        }
      : { state: 'not-looked-at', enable: '--kubeconfig' },
    nodes: [
      {
        name: 'worker-1',
        address: '10.0.0.11',
        api: asked ? apiNode(release) : { state: 'not-looked-at', enable: '--kubeconfig' },
        access: accessOf('worker-1', node),
        sections: node.unseen === undefined ? sectionsOf(node) : {},
      },
    ],
  };
}

function eventObject({
  node = 'worker-1',
  reason,
  message,
  count = 14,
}: FixtureEvent): Parameters<typeof projectWarning>[0] {
  return {
    metadata: { name: `web.${reason}`, namespace: 'shop' },
    involvedObject: { kind: 'Pod', namespace: 'shop', name: 'web-1', uid: 'uid-web-1' },
    reason,
    message,
    count,
    source: { component: 'kubelet', host: node },
    lastTimestamp: '2026-11-29T23:58:00Z',
    type: 'Warning',
  };
}
