import {
  evidenceSchema,
  type ApiNode,
  type Evidence,
  type KubeletConfiguration,
  type NodeEvidence,
  type Observed,
} from '../../../evidence/evidence.ts';
import { observeSection } from '../../../evidence/probe/observed-section.ts';
import { startProbe } from '../../../evidence/probe/testing/run-probe.ts';
import type { PrivateRoot } from '../../../../test/private-root.ts';
import { observedAccess } from '../../testing/observed-access.ts';
import { containerLogs } from '../problem.ts';
import fixtureScript from './fixture.sh?raw';

/** How a state is looked at: by whom, and whether an API server told the runtime. */
export interface FixtureView {
  readonly runtime?: string;
  readonly user?: string;
  /** What kubelet says of itself, where it was asked. */
  readonly kubelet?: Observed<KubeletConfiguration>;
  readonly shell?: readonly string[];
}

/** Puts the private root into a state of fixture.sh (or takes it as it is) and looks at it with the real probe. */
export async function fixtureEvidence(
  root: PrivateRoot,
  state: string,
  view: FixtureView = {},
  preparation: 'prepared' | 'as-it-is' = 'prepared',
): Promise<Evidence> {
  if (preparation === 'prepared') root.run(fixtureScript, state, containerLogs.faultScript);
  const enter =
    view.user === undefined ? root.enter : [...root.enter, 'setpriv', '--reuid', view.user, '--clear-groups', '--'];
  const { reply } = await startProbe(enter, view.shell ?? ['dash'], containerLogs.facts, 30).done;
  const sections = containerLogs.facts.map(({ key }) => [key, observedOf(key, reply.sections.get(key))] as const);
  return evidenceOf([
    {
      ...nodeOf(view),
      ...(view.kubelet === undefined ? {} : { kubelet: view.kubelet }),
      sections: Object.fromEntries(sections),
    },
  ]);
}

function observedOf(
  key: string,
  frame: Parameters<typeof observeSection>[1] | undefined,
): ReturnType<typeof observeSection> {
  return frame === undefined
    ? { state: 'unknown', reason: 'probe-failed', detail: `${key} did not arrive` }
    : observeSection('worker-1', frame);
}

function nodeOf({ runtime, user }: FixtureView): Omit<NodeEvidence, 'sections'> {
  const access = observedAccess({
    user: 'centos',
    privilege: user === undefined ? 'sudo' : 'unprivileged',
    machineId: '0123456789abcdef0123456789abcdef',
    bootId: '01234567-89ab-4def-8123-456789abcdef',
    clockSkewMs: 3,
    tookMs: 61,
  });
  return { name: 'worker-1', address: '10.0.0.11', api: apiOf(runtime), access };
}

function apiOf(runtime: string | undefined): Observed<ApiNode> {
  if (runtime === undefined) return { state: 'not-looked-at', enable: '--kubeconfig' };
  return {
    state: 'seen',
    value: {
      uid: '5f1c2b6e-0000-4000-8000-000000000001',
      createdAt: '2026-01-01T00:00:00Z',
      labels: { 'kubernetes.io/hostname': 'worker-1' },
      taints: [],
      unschedulable: false,
      conditions: [{ type: 'Ready', status: 'True', reason: 'KubeletReady', since: '2026-01-01T00:00:00Z' }],
      internalIP: '10.0.0.11',
      hostname: 'worker-1',
      osImage: 'CentOS Linux 7 (Core)',
      kernelVersion: '3.10.0-1160.el7.x86_64',
      containerRuntimeVersion: runtime,
      kubeletVersion: runtime.startsWith('docker') ? 'v1.23.3' : 'v1.28.3',
      bootID: '01234567-89ab-4def-8123-456789abcdef',
      machineID: '0123456789abcdef0123456789abcdef',
    },
  };
}

/** A document with these nodes, as collected from hosts or a cluster. */
export function evidenceOf(nodes: readonly NodeEvidence[]): Evidence {
  return {
    schema: evidenceSchema,
    collectedAt: '2026-11-24T09:30:00.000Z',
    collector: { version: '0.1.0' },
    scope: {
      via: 'ssh',
      targets: nodes.some(({ api }) => api.state === 'seen') ? 'cluster' : 'hosts',
      problems: [containerLogs.meta.id],
    },
    cluster: { state: 'not-looked-at', enable: '--kubeconfig' },
    nodes,
  };
}

/** A node that nobody got onto: because nobody was asked to, or because it did not answer. */
export function unobservedEvidence(why: 'not-looked-at' | 'unreachable'): Evidence {
  const node = nodeOf({ runtime: 'docker://20.10.24' });
  if (why === 'not-looked-at') {
    const looked = evidenceOf([{ ...node, access: { state: 'not-looked-at', enable: '--via ssh' }, sections: {} }]);
    return { ...looked, scope: { ...looked.scope, via: 'none' } };
  }
  const error = { code: 'SSH_TIMED_OUT', params: { node: node.name, address: node.address, port: 22, seconds: 10 } };
  const detail = 'worker-1: no response from 10.0.0.11 port 22 within 10 s.';
  return evidenceOf([{ ...node, access: { state: 'unknown', reason: 'timed-out', detail, error }, sections: {} }]);
}
