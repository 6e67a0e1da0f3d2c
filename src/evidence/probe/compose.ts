import { NodemendError } from '../../errors/nodemend-error.ts';
import { withDaemon } from '../../runtimes/with-daemon.ts';
import type { Fact } from '../fact.ts';
import learn from './learn.sh?raw';
import prelude from './prelude.sh?raw';

export interface ComposedProbe {
  /** POSIX sh: `"$1"` is the run's marker, `"$2"` the time budget of all sections together, seconds. */
  readonly script: string;
  /** Keys of all sections that a complete reply has, but for the identity. */
  readonly sections: readonly string[];
}

/** The section that the prelude sends by itself: who the node says it is. */
export const identityKey = 'nodemend/identity';

const keyPattern = /^[a-z0-9]+(?:-[a-z0-9]+)*\/[a-z0-9]+(?:-[a-z0-9]+)*$/;

/** Joins the probes of these facts, and of those that they need, into one script: each once, in one order. */
export function composeProbe(facts: readonly Fact[]): ComposedProbe {
  const ordered = inOrder(facts);
  return { script: joinProbes(ordered), sections: ordered.map(({ key }) => key) };
}

/**
 * Of two facts the same one comes first whatever else is asked for: what others need before those that need it, then by
 * name. What walks trees stands at the end, where a lack of time costs least.
 */
function inOrder(facts: readonly Fact[]): readonly Fact[] {
  const all = new Map<string, Fact>();
  const add = (fact: Fact): void => {
    const known = all.get(checkedKey(fact.key));
    if (known !== undefined && known !== fact)
      throw new NodemendError('INTERNAL', { problem: `two facts are called ${fact.key}` });
    all.set(fact.key, fact);
    fact.needs?.forEach(add);
  };
  facts.forEach(add);
  return [...all.values()].toSorted((a, b) => depthOf(a) - depthOf(b) || (a.key < b.key ? -1 : 1));
}

function depthOf({ needs = [] }: Fact): number {
  return Math.max(0, ...needs.map((need) => 1 + depthOf(need)));
}

/**
 * The braces make one command of it: a shell that reads its script from a connection runs it only when it has arrived
 * whole.
 */
function joinProbes(facts: readonly Fact[]): string {
  const scripts = facts.map(dividedScript);
  return [
    '{',
    ...[
      prelude,
      `nm_looks_ahead='${patternsOf(facts.flatMap(({ looksAt = [] }) => looksAt))}'`,
      `nm_sums_ahead='${patternsOf(facts.flatMap(({ sums = [] }) => sums))}'`,
      `nm_run_ahead='${scripts.flatMap(({ ahead = [] }) => ahead).join(' ')}'`,
      withDaemon(),
      ...new Set(facts.flatMap(({ shared = [] }) => shared)),
      ...scripts.map(({ before }) => before),
      learn,
      ...scripts.map(({ turn }) => turn),
    ].map(withoutComments),
    'nm_finish',
    '}',
    '',
  ].join('\n');
}

/** What has to stand before anything is learnt, what stands in the fact's turn, and the function that is run ahead of it. */
function dividedScript({ key, script, ahead }: Fact): {
  readonly before: string;
  readonly turn: string;
  readonly ahead?: string;
} {
  if (ahead === undefined) return { before: '', turn: script };
  const [call, name] = new RegExp(`^section ${key} \\d+ \\d+ (\\w+)\\n$`, 'm').exec(script) ?? [];
  if (call === undefined || name === undefined || !script.endsWith(call))
    throw new NodemendError('INTERNAL', { problem: `${key} does not end with the call of a function` });
  return { before: script.slice(0, -call.length), turn: call, ahead: name };
}

/**
 * Explanations are half of it, and would travel to each node; a tenth of the rest are the blanks that lines begin with.
 * No here-document is in it, and no text of several lines, that this could hurt.
 */
function withoutComments(script: string): string {
  return script.replaceAll(/^[ \t]*#.*\n|^\n|^[ \t]+/gmu, '');
}

function patternsOf(patterns: readonly string[]): string {
  return [...new Set(patterns.map(checkedPattern))].join(' ');
}

/** It is expanded where the shell splits words. */
function checkedPattern(pattern: string): string {
  if (!/^\/[\w./*-]+$/.test(pattern))
    throw new NodemendError('INTERNAL', { problem: `${pattern} cannot be looked at` });
  return pattern;
}

function checkedKey(key: string): string {
  if (!keyPattern.test(key)) throw new NodemendError('INTERNAL', { problem: `${key} cannot name a fact` });
  return key;
}
