import type { Finding } from '../../../problems/problem.ts';
import { commandLine } from '../../../app/texts/command-line.ts';
import { isTrouble } from './group.ts';

export interface NextCommandOptions {
  /** The arguments that chose cluster, nodes and access, to be typed again: `['--hosts', 'hosts.txt']`. */
  readonly repeat: readonly string[];
  /** From a bundle nothing can be planned or tried: there only reading on helps. */
  readonly bundle: boolean;
}

/** What to type after a diagnosis; undefined when there is nothing to do. */
export function nextCommand(findings: readonly Finding[], options: NextCommandOptions): string | undefined {
  const words = nextWords(findings, options);
  return words && commandLine(['nodemend', ...words]);
}

function nextWords(
  findings: readonly Finding[],
  { repeat, bundle }: NextCommandOptions,
): readonly string[] | undefined {
  const troubles = findings.filter(isTrouble);
  const curable = unique(troubles.filter(({ remedy }) => remedy).map(({ problem }) => problem));
  if (curable.length > 0 && !bundle) return ['plan', ...curable, ...repeat];
  const [first] = troubles;
  if (first) return ['explain', first.problem];
  if (bundle) return undefined;
  if (findings.some(({ status }) => status === 'unknown')) return ['doctor', ...repeat];
  const skipped = findings.find((finding) => finding.status === 'not-looked-at');
  return skipped && ['diagnose', ...repeat, ...skipped.enable.split(' ')];
}

function unique(texts: readonly string[]): readonly string[] {
  return [...new Set(texts)];
}
