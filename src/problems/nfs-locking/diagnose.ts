import type { Evidence, NodeEvidence, Observed } from '../../evidence/evidence.ts';
import { systemdServices } from '../../runtimes/systemd/services.ts';
import { clusterEvents, withoutEvents } from '../kit/node-events.ts';
import type { FactValue, Finding } from '../problem.ts';
import { nfsClient, registration } from './facts.ts';
import { refusedMounts, type RefusedMounts } from './refused-mounts.ts';
import { findings } from './rules.ts';
import { nfsNode, type NfsNode } from './statd-state.ts';

/** One finding for each node, and one about the cluster's events where no node's own finding has them. */
export function diagnose(evidence: Evidence): readonly Finding[] {
  const events = refusedMounts(evidence);
  const views = evidence.nodes.map((node): NodeView => {
    const refused = events.state === 'seen' ? events.value.get(node.name) : undefined;
    return { node, nfs: nfsNode(node), events, refused, at: evidence.collectedAt };
  });
  return [...eventsFindings(events, views), ...views.map(nodeFinding)];
}

type Events = ReturnType<typeof refusedMounts>;

interface NodeView {
  readonly node: NodeEvidence;
  readonly nfs: Observed<NfsNode>;
  readonly events: Events;
  /** Of its pods, by the events of the cluster. */
  readonly refused: RefusedMounts | undefined;
  /** When it was looked at, RFC 3339. */
  readonly at: string;
}

/** What the nodes themselves say of events about their pods is said there. */
function eventsFindings(events: Events, views: readonly NodeView[]): readonly Finding[] {
  const without = withoutEvents(findings, events);
  if (without !== undefined) return [without];
  const unnamed = events.state === 'seen' && events.value.has('') ? ['?'] : [];
  const nodes = [...views.filter(isElsewhere).map(({ node }) => node.name), ...unnamed];
  if (nodes.length === 0) return [];
  const params = { nodes: nodes.join(', ') };
  return [findings.trouble({ rule: 'other-cause', status: 'warn', ...clusterEvents, params, facts: { nodes } })];
}

/** Clocks of nodes and of the API server differ. */
const clockSlackMs = 60_000;

/** kubelet was refused a mount, and the node does not show why: it has no NFS, or its statd answered all the while. */
function isElsewhere({ nfs, refused, at }: NodeView): boolean {
  if (refused === undefined || nfs.state !== 'seen') return false;
  if (!nfs.value.hasNfs) return true;
  const { statd } = nfs.value;
  if (statd.state !== 'answers') return false;
  // What was said before statd was started is over: an event lives for an hour.
  const started = statd.since === undefined ? 0 : Date.parse(at) - statd.since * 1000;
  return Date.parse(refused.lastSeen) > started + clockSlackMs;
}

interface Words {
  readonly params: Readonly<Record<string, number>>;
  readonly facts: Readonly<Record<string, FactValue>>;
}

function wordsOf({ count, lastSeen }: RefusedMounts): Words {
  return { params: { count }, facts: { refusals: count, lastRefusal: lastSeen } };
}

const nothingSaid: Words = { params: {}, facts: {} };

function nodeFinding(view: NodeView): Finding {
  const { node, nfs, refused } = view;
  const base = baseOf(view);
  if (node.api.state === 'unknown') return findings.unknown({ rule: 'node-unknown', ...base }, node.api.reason);
  if (nfs.state === 'seen' && node.access.state !== 'unknown') return observedFinding(view, nfs.value);
  if (refused) return findings.trouble({ rule: 'words-alone', status: 'warn', ...base });
  const unseen = nfs.state === 'seen' ? node.access : nfs;
  return unseen.state === 'not-looked-at'
    ? findings.notLookedAt({ rule: 'node-not-looked-at', ...base }, unseen.enable)
    : findings.unknown({ rule: 'node-unknown', ...base }, unseen.state === 'unknown' ? unseen.reason : 'malformed');
}

interface Base extends Words {
  readonly subject: { readonly kind: 'node'; readonly name: string };
  readonly evidence: readonly string[];
}

function baseOf({ node, nfs, refused }: NodeView): Base {
  const words = refused ? wordsOf(refused) : nothingSaid;
  const sections = [nfsClient, systemdServices, registration].map(({ key }) => `${node.name}#${key}`);
  return {
    subject: { kind: 'node', name: node.name },
    evidence: [...sections, ...(refused ? ['cluster#events'] : [])],
    params: words.params,
    facts: { ...words.facts, ...(nfs.state === 'seen' ? factsOf(nfs.value) : {}) },
  };
}

function factsOf(nfs: NfsNode): Readonly<Record<string, FactValue>> {
  if (!nfs.hasNfs) return {};
  const { client, services } = nfs;
  return {
    lockingMounts: client.locking,
    otherMounts: client.others,
    rpcbind: `${services.rpcbind.active}, ${services.rpcbind.enabled ?? services.rpcbind.load}`,
    statd: `${services.statd.active}, ${services.statd.enabled ?? services.statd.load}`,
  };
}

function observedFinding(view: NodeView, nfs: NfsNode): Finding {
  const { refused } = view;
  const base = baseOf(view);
  if (!nfs.hasNfs) return findings.pass({ rule: 'cannot-happen', ...base });
  const { statd } = nfs;
  if (statd.state === 'answers') return answering(nfs, base);
  if (statd.state === 'down') return down(view, nfs, statd.why);
  if (statd.state === 'blocked') {
    const rule = refused ? 'mounts-refused' : 'statd-blocked';
    return findings.trouble({ rule, why: statd.why, status: 'fail', ...base });
  }
  const said = { rule: 'cannot-start', why: statd.why, ...base } as const;
  // Of a masked unit start-statd says so, and starts the program itself.
  return isNeeded(view, nfs) && (refused !== undefined || statd.why !== 'statd-masked')
    ? findings.trouble({ ...said, status: 'fail' })
    : findings.trouble({ ...said, status: 'warn' });
}

type WithNfs = NfsNode & { readonly hasNfs: true };

function isNeeded({ refused }: NodeView, { client }: WithNfs): boolean {
  return refused !== undefined || client.locking > 0;
}

function down(view: NodeView, nfs: WithNfs, why: 'stopped' | 'failed'): Finding {
  const { refused, events } = view;
  const base = baseOf(view);
  if (refused) return findings.trouble({ rule: 'mounts-refused', why, status: 'fail', ...base });
  if (isNeeded(view, nfs)) return findings.trouble({ rule: 'statd-down', why, status: 'warn', ...base });
  if (events.state === 'unknown') return findings.unknown({ rule: 'node-unknown', ...base }, events.reason);
  return findings.pass({ rule: 'starts-on-demand', ...base });
}

function answering({ services, client }: WithNfs, base: Base): Finding {
  const { rpcbind, socket } = services;
  const isLostAtBoot = rpcbind.enabled === 'disabled' && socket.enabled === 'disabled';
  if (isLostAtBoot && client.locking > 0)
    return findings.trouble({ rule: 'rpcbind-not-enabled', status: 'warn', ...base });
  return findings.pass({ rule: 'statd-answers', ...base });
}
