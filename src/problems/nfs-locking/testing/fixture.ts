import { foldWarnings, projectWarning } from '../../../evidence/collect-events.ts';
import type { Evidence, NodeEvidence, Observed, Section } from '../../../evidence/evidence.ts';
import { observedAccess } from '../../testing/observed-access.ts';
import { refusal } from '../cluster-faults.ts';
import { problemId } from '../meta.ts';

/** One unit as services.sh prints it; what is not named is Debian's, installed and running for an hour. */
export interface FixtureUnit {
  readonly load?: string;
  readonly active?: string;
  readonly sub?: string;
  readonly enabled?: string;
  /** State of its main process (proc(5)). */
  readonly process?: string;
  /** Seconds since that was started. */
  readonly age?: number;
}

/** A node as the probe finds it; what is not named is Debian 12 with nfs-common, one NFSv3 mount and a statd that answers. */
export interface FixtureNode {
  /** It has nothing of NFS. */
  readonly client?: false;
  readonly locking?: number;
  readonly others?: number;
  readonly pidFile?: string;
  readonly rpcbind?: FixtureUnit;
  readonly socket?: FixtureUnit;
  readonly statd?: FixtureUnit;
  readonly registered?: string;
  readonly lost?: 'systemd/services' | 'nfs-locking/client' | 'nfs-locking/registered';
  readonly withoutSystemd?: true;
  readonly unseen?: 'not-looked-at' | 'unreachable';
}

/** A unit that does not run. */
export const stopped: FixtureUnit = { active: 'inactive', sub: 'dead', process: '-' };

function section(output: string): Observed<Section> {
  return { state: 'seen', value: { exitCode: 0, encoding: 'utf8', output, truncated: false, errors: '' } };
}

function unitLine(name: string, given: FixtureUnit, usual: FixtureUnit & { readonly pid: number }): string {
  const unit = { load: 'loaded', active: 'active', sub: 'running', process: 'S', age: 3600, ...usual, ...given };
  const isRunning = unit.process !== '-';
  const main = isRunning ? `${usual.pid} ${unit.process} ${unit.age}` : '0 - -';
  return `${name} ${unit.load} ${unit.active} ${unit.sub} ${unit.enabled} ${main} ${fileOf(name, unit.load)}\n`;
}

function fileOf(name: string, load: string): string {
  if (load === 'not-found') return '-';
  return load === 'masked' ? '/dev/null' : `/lib/systemd/system/${name}`;
}

function servicesSection({ rpcbind = {}, socket = {}, statd = {}, withoutSystemd }: FixtureNode): string {
  if (withoutSystemd) return 'no-systemd\n';
  return [
    unitLine('rpcbind.service', rpcbind, { enabled: 'enabled', pid: 301 }),
    unitLine('rpcbind.socket', socket, { enabled: 'enabled', process: '-', pid: 0 }),
    unitLine('rpc-statd.service', statd, { enabled: 'static', pid: 420 }),
    'dcgm-exporter.service not-found inactive dead - 0 - - -\n',
  ].join('');
}

function sectionsOf(node: FixtureNode): NodeEvidence['sections'] {
  const whole: NodeEvidence['sections'] = {
    'systemd/units': section(
      'unit kubelet kubelet.service\nfragment kubelet.service /lib/systemd/system/kubelet.service\n',
    ),
    'systemd/services': section(servicesSection(node)),
    ...(node.client === false ? withoutNfs : nfsSections(node)),
  };
  if (node.lost === undefined) return whole;
  return { ...whole, [node.lost]: { state: 'unknown', reason: 'timed-out', detail: `section ${node.lost}` } };
}

const withoutNfs: NodeEvidence['sections'] = {
  'nfs-locking/client': section('mounts 0 0\n'),
  'nfs-locking/registered': section('not-asked\n'),
};

function nfsSections(node: FixtureNode): NodeEvidence['sections'] {
  const { locking = 1, others = 0, pidFile = '420 S', registered = 'statd answers' } = node;
  const named = pidFile === '' ? '' : `pid-file ${pidFile}\n`;
  return {
    'nfs-locking/client': section(`client\nmounts ${locking} ${others}\n${named}`),
    'nfs-locking/registered': section(`${registered}\n`),
  };
}

/** A warning of kubelet. */
export interface FixtureEvent {
  readonly node?: string;
  readonly reason?: string;
  readonly message?: string;
  readonly count?: number;
  /** RFC 3339. */
  readonly lastSeen?: string;
}

const collectedAt = '2026-11-30T12:00:00.000Z';

/** One node, `worker-1`, and what kubelets said; without events the cluster was not asked. */
export function fixture(node: FixtureNode, events?: readonly FixtureEvent[] | 'forbidden'): Evidence {
  const { unseen } = node;
  return {
    schema: 'nodemend.dev/evidence/v1',
    collectedAt,
    collector: { version: '0.1.0' },
    scope: {
      via: unseen === 'not-looked-at' ? 'none' : 'ssh',
      targets: events === undefined ? 'hosts' : 'cluster',
      problems: [problemId],
    },
    cluster:
      events === undefined
        ? { state: 'not-looked-at', enable: '--kubeconfig' }
        : {
            state: 'seen',
            value: {
              uid: { state: 'seen', value: '7f2c8f0e-1111-4222-8333-444455556666' },
              context: 'practice',
              server: 'https://127.0.0.1:6443',
              version: { state: 'seen', value: 'v1.33.4' },
              events:
                events === 'forbidden'
                  ? { state: 'unknown', reason: 'forbidden', detail: 'events is forbidden' }
                  : { state: 'seen', value: foldWarnings(events.map((event) => projectWarning(eventObject(event)))) },
            },
          },
    nodes: [
      {
        name: 'worker-1',
        address: '10.0.0.11',
        api: { state: 'not-looked-at', enable: '--kubeconfig' },
        access:
          unseen === 'not-looked-at'
            ? { state: 'not-looked-at', enable: '--via ssh' }
            : unseen === 'unreachable'
              ? { state: 'unknown', reason: 'unreachable', detail: 'connect ECONNREFUSED 10.0.0.11:22' }
              : observedAccess(),
        sections: unseen === undefined ? sectionsOf(node) : {},
      },
    ],
  };
}

function eventObject({
  node = 'worker-1',
  reason = 'FailedMount',
  message = refusal,
  count = 14,
  lastSeen = '2026-11-30T11:58:00Z',
}: FixtureEvent): Parameters<typeof projectWarning>[0] {
  return {
    metadata: { name: `web.${reason}`, namespace: 'shop' },
    involvedObject: { kind: 'Pod', namespace: 'shop', name: 'web-1', uid: 'uid-web-1' },
    reason,
    message,
    count,
    source: { component: 'kubelet', host: node },
    lastTimestamp: lastSeen,
    type: 'Warning',
  };
}
