import type { ImageUse, PodFacts, PodOwner, WaitingContainer } from '../../../evidence/pod-facts.ts';
import { formatReference, isInvalid, parseReference } from '../../../registry/reference/image-reference.ts';
import { registryOf } from '../../../registry/reference/registry-of.ts';
import type { Finding, Subject } from '../../problem.ts';
import { trouble } from '../finding.ts';
import type { PullCause, PullFailure } from './pull-failure.ts';

/**
 * What a cause hits: everything of a registry, one image, or all images on a node. One that is not here hits one image.
 */
const reach: Readonly<Partial<Record<PullRule, 'registry' | 'node'>>> = {
  'dockerhub-rate-limit': 'registry',
  'other-registry-rate-limit': 'registry',
  'auth-required': 'registry',
  dns: 'registry',
  'network-unreachable': 'registry',
  tls: 'registry',
  'retired-registry': 'registry',
  'disk-full': 'node',
  'sandbox-image-missing': 'node',
};

/**
 * Causes of a pod that does not start which are not causes of a failing pull: told as what nodemend does not know, with
 * the text.
 */
const notOfPulls = ['memory-cgroup', 'fork-limit', 'oom', 'cni', 'mount-or-volume'] as const;

type PullRule = Exclude<PullCause, (typeof notOfPulls)[number]>;

function ruleOf(cause: PullCause): PullRule {
  return notOfPulls.some((one) => one === cause) ? 'other' : (cause as PullRule);
}

/** What is said of a mirror in other words than of a registry. */
const mirrorTexts: ReadonlySet<PullRule> = new Set<PullRule>(['dns', 'network-unreachable', 'tls']);

/** A text of a runtime is quoted up to here; JSON has the whole of it. */
const longestQuote = 300;

interface Group {
  readonly rule: PullRule;
  readonly subject: Subject;
  readonly failures: PullFailure[];
}

/** The name by which people know what made a pod: the Deployment's and not its ReplicaSet's. */
export type NameOwner = (namespace: string, owner: PodOwner) => string;

/** One registry that is down is one finding with all that waits for it, not one a pod. */
export function groupFailures(failures: readonly PullFailure[], pods: PodFacts, nameOf: NameOwner): readonly Finding[] {
  const groups = new Map<string, Group>();
  for (const failure of failures) {
    const rule = ruleOf(failure.cause);
    for (const subject of subjectsOf(rule, failure)) {
      const key = [rule, subject.kind, 'name' in subject ? subject.name : ''].join('\n');
      const group = groups.get(key) ?? { rule, subject, failures: [] };
      group.failures.push(failure);
      groups.set(key, group);
    }
  }
  return [...groups.values()].map((group) => findingOf(group, pods, nameOf));
}

function subjectsOf(rule: PullRule, { waiting, mirror }: PullFailure): readonly Subject[] {
  const reference = parseReference(waiting.image);
  const image = { kind: 'image', name: isInvalid(reference) ? waiting.image : formatReference(reference) } as const;
  if (reach[rule] === 'node') return waiting.nodes.map((name) => ({ kind: 'node', name }));
  if (reach[rule] !== 'registry' || isInvalid(reference)) return [image];
  return [{ kind: 'registry', name: mirror ?? reference.registry }];
}

function findingOf({ rule, subject, failures }: Group, pods: PodFacts, nameOf: NameOwner): Finding {
  const waiting = failures.map((failure) => failure.waiting);
  const count = waiting.reduce((sum, one) => sum + one.pods, 0);
  const [{ said } = { said: '' }] = failures;
  const name = 'name' in subject ? subject.name : '';
  const mirrored = mirroredBy(name, failures);
  return trouble({
    status: 'fail',
    rule,
    ...textOf(rule, mirrored),
    subject,
    params: {
      count,
      [subject.kind]: name,
      ...(mirrored ? { registries: mirrored.join(', ') } : {}),
      ...(rule === 'other' ? { said: said.slice(0, longestQuote) } : {}),
    },
    facts: {
      pods: count,
      since:
        waiting
          .map(({ since }) => since)
          .toSorted()
          .at(0) ?? '',
      workloads: workloadsOf(waiting, nameOf),
      images: [...new Set(waiting.map(({ image }) => image))].toSorted(),
      ...(mirrored ? { mirrorOf: mirrored } : {}),
      ...(subject.kind === 'registry'
        ? { alsoUsedBy: othersOf(mirrored ?? [name], pods.uses, { waiting, nameOf }) }
        : {}),
      nodes: new Set(waiting.flatMap(({ nodes }) => nodes)).size,
      said,
    },
    evidence: [...new Set(failures.map(({ from }) => from))],
  });
}

function textOf(rule: PullRule, mirrored: unknown): { readonly text?: string } {
  return mirrored !== undefined && mirrorTexts.has(rule) ? { text: `findings.mirror-${rule}` } : {};
}

/** The registries in whose place this one was asked; undefined for what is not a mirror. */
function mirroredBy(name: string, failures: readonly PullFailure[]): readonly string[] | undefined {
  const ofMirror = failures.filter(({ mirror }) => mirror === name);
  if (ofMirror.length === 0) return undefined;
  return [...new Set(ofMirror.flatMap(({ waiting }) => registryOf(waiting.image) ?? []))].toSorted();
}

interface Owned {
  readonly namespace: string;
  readonly owner: PodOwner;
}

function workloadsOf(
  waiting: readonly WaitingContainer[],
  nameOf: NameOwner,
): readonly { readonly name: string; readonly pods: number }[] {
  const byName = Map.groupBy(waiting, (one) => fullName(one, nameOf));
  return [...byName].map(([name, ones]) => ({ name, pods: podsOf(ones) }));
}

/** Several containers of one pod may wait: per owner, those of the one that most pods wait for. */
function podsOf(waiting: readonly WaitingContainer[]): number {
  const byOwner = Map.groupBy(waiting, ({ owner }) => owner.name);
  return [...byOwner.values()].reduce((sum, ones) => sum + Math.max(...ones.map(({ pods }) => pods)), 0);
}

/** Workloads that run now, and whose next pull on another node asks the same registry. */
function othersOf(
  registries: readonly string[],
  uses: readonly ImageUse[],
  { waiting, nameOf }: { readonly waiting: readonly Owned[]; readonly nameOf: NameOwner },
): number {
  const failing = new Set(waiting.map((one) => fullName(one, nameOf)));
  const users = new Set(
    uses.filter(({ image }) => registries.includes(registryOf(image) ?? '')).map((use) => fullName(use, nameOf)),
  );
  return users.difference(failing).size;
}

function fullName({ namespace, owner }: Owned, nameOf: NameOwner): string {
  return `${namespace}/${nameOf(namespace, owner)}`;
}
