import type { ClusterEvidence, Evidence, NodeEvidence, Observed } from '../../../evidence/evidence.ts';
import type { UpgradeFacts } from '../../../evidence/upgrade/upgrade.ts';
import type { Workload } from '../../../evidence/workloads/workload.ts';
import { printedState, type PrintedNode } from '../../../grub/testing/printed-state.ts';
import { problemId } from '../meta.ts';

export interface FixtureCluster {
  readonly version?: Observed<string>;
  readonly upgradeTo?: string;
  readonly upgrade?: Partial<UpgradeFacts>;
  readonly workloads?: Observed<readonly Workload[]>;
  /** Nodes of NKS have its label. */
  readonly isNks?: boolean;
  readonly cgroups?: 1 | 2 | 'not-looked-at' | 'unreachable';
  readonly boot?: PrintedNode;
  readonly cluster?: Evidence['cluster'];
}

/** Ubuntu 20.04 on BIOS, put together from its documents; `more` is in its defaults and in what was made of them. */
export function ubuntuBoot(more = ''): PrintedNode {
  const line = `/boot/vmlinuz-5.4.0-196-generic root=UUID=1 ro${more}`;
  return {
    commandLine: `BOOT_IMAGE=${line}`,
    tools: ['grub-mkconfig', 'update-grub'],
    files: {
      '/etc/default/grub': `GRUB_CMDLINE_LINUX="${more.trim()}"\n`,
      '/boot/grub/grub.cfg':
        "### BEGIN /etc/grub.d/10_linux ###\nmenuentry 'Ubuntu' --class ubuntu {\n" +
        `\tlinux ${line}\n}\n### END /etc/grub.d/10_linux ###\n`,
    },
  };
}

const ubuntu = ubuntuBoot();

const nothing: UpgradeFacts = {
  roles: { state: 'seen', value: [] },
  apiServices: { state: 'seen', value: [] },
  budgets: { state: 'seen', value: [] },
  deprecatedApis: { state: 'seen', value: [] },
};

/** Evidence of a cluster with one node, put together by hand in the form that collectors give it. */
export function fixture(of: FixtureCluster = {}): Evidence {
  return {
    schema: 'nodemend.dev/evidence/v1',
    collectedAt: '2026-11-30T00:00:00.000Z',
    collector: { version: '0.1.0' },
    scope: {
      via: of.cgroups === 'not-looked-at' ? 'none' : 'ssh',
      targets: 'cluster',
      problems: [problemId],
      ...(of.upgradeTo === undefined ? {} : { upgradeTo: of.upgradeTo }),
    },
    cluster: of.cluster ?? { state: 'seen', value: clusterOf(of) },
    nodes: [nodeOf(of)],
  };
}

function clusterOf({ version, upgrade, workloads }: FixtureCluster): ClusterEvidence {
  return {
    uid: { state: 'seen', value: '0b0e3b9e-0000-4000-8000-000000000000' },
    context: 'practice',
    server: 'https://192.0.2.1:6443',
    version: version ?? { state: 'seen', value: 'v1.29.3' },
    workloads: {
      builtIn: [
        {
          group: 'apps',
          version: 'v1',
          resource: 'daemonsets',
          kind: 'DaemonSet',
          objects: workloads ?? { state: 'seen', value: [] },
        },
      ],
      custom: { state: 'not-looked-at', enable: '--custom-resources' },
    },
    upgrade: { ...nothing, ...upgrade },
  };
}

function nodeOf({ cgroups = 2, boot = ubuntu, isNks = false }: FixtureCluster): NodeEvidence {
  return {
    name: 'worker-1',
    address: '192.0.2.11',
    api: {
      state: 'seen',
      value: {
        uid: 'uid-worker-1',
        createdAt: '2025-01-01T00:00:00Z',
        labels: isNks ? { 'magnum.openstack.org/nodegroup': 'default-worker' } : {},
        taints: [],
        unschedulable: false,
        conditions: [],
        osImage: 'Ubuntu 20.04.6 LTS',
        kernelVersion: '5.4.0-196-generic',
        containerRuntimeVersion: 'containerd://1.6.21',
        kubeletVersion: 'v1.29.3',
        bootID: 'boot',
        machineID: 'machine',
      },
    },
    ...accessOf(cgroups, boot),
  };
}

function accessOf(cgroups: FixtureCluster['cgroups'], boot: PrintedNode): Pick<NodeEvidence, 'access' | 'sections'> {
  if (cgroups === 'not-looked-at') return { access: { state: 'not-looked-at', enable: '--via ssh' }, sections: {} };
  if (cgroups === 'unreachable')
    return { access: { state: 'unknown', reason: 'unreachable', detail: 'no route' }, sections: {} };
  const section = (output: string): NodeEvidence['sections'][string] => ({
    state: 'seen',
    value: { exitCode: 0, encoding: 'utf8', output, truncated: false, errors: '' },
  });
  return {
    access: {
      state: 'seen',
      value: {
        transport: 'ssh',
        user: 'ubuntu',
        privilege: 'sudo',
        hostKey: `SHA256:${'A'.repeat(43)}`,
        hostname: 'worker-1',
        machineId: 'machine',
        bootId: 'boot',
        clockSkewMs: 0,
        tookMs: 40,
      },
    },
    sections: {
      'kernel/memory-cgroups': section(
        `release 5.4.0-196-generic\nuptime 4000000.12\nmount v${cgroups} /sys/fs/cgroup${cgroups === 1 ? '/memory' : ''}\n`,
      ),
      'grub/boot-state': section(printedState(boot)),
    },
  };
}
