import type { NodeEvidence } from '../evidence/evidence.ts';
import { readFact, wasAskedFor } from '../problems/kit/read-fact.ts';
import type { ContainerdStore } from '../runtimes/containerd/images.ts';
import { containerdUnpacked } from '../runtimes/containerd/unpacked.ts';
import { isConfigurationKnown } from './known-configuration.ts';

/** Whether there is a snapshot of what a record names: `?` where containerd was asked and could not find out. */
export type UnpackedAnswer = 'yes' | 'no' | '?';

/** Says it by the digest that a record names. */
export type UnpackedAnswers = (digest: string) => UnpackedAnswer;

/**
 * As containerd found it of all its images, with the snapshotter of its configuration; `?` of each where that is not the
 * one that it runs with. Undefined where nobody asked: a diagnosis starts its client once.
 */
export function unpackedAnswers(node: NodeEvidence): UnpackedAnswers | undefined {
  if (!wasAskedFor(node, containerdUnpacked)) return undefined;
  const unpacked = readFact(node, containerdUnpacked);
  if (unpacked.state !== 'seen' || unpacked.value === 'no-containerd' || !isConfigurationKnown(node)) return () => '?';
  const { answers = new Map<string, boolean>(), isWhole } = unpacked.value;
  // It says no as well of everything where it has no such snapshotter.
  const no = isWhole || [...answers.values()].includes(true) ? 'no' : '?';
  return (digest) => {
    const answer = answers.get(digest);
    return answer === undefined ? '?' : answer ? 'yes' : no;
  };
}

/**
 * Whether what lacks layers is unpacked, by the digest that a record names.
 * @param answers of all images; without them what a diagnosis asks, of those whose layers should be there
 */
export function unpackedOn(
  node: NodeEvidence,
  { unpacked, records }: ContainerdStore,
  answers: UnpackedAnswers | undefined,
): ContainerdStore['unpacked'] {
  // By the snapshotter of a configuration that it does not run with nothing is missing.
  const isKnown = isConfigurationKnown(node);
  const some = [...unpacked].map(([digest, answer]) => [digest, isKnown || answer === 'yes' ? answer : '?'] as const);
  if (answers === undefined) return new Map(some);
  const known = some.filter(([, answer]) => answer !== '?');
  return new Map([...records.map(({ digest }) => [digest, answers(digest)] as const), ...known]);
}
