import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { ActionSpec } from '../../actions/action-kinds.ts';
import type { Evidence, NodeEvidence } from '../../evidence/evidence.ts';
import type { TextParams } from '../../locales/translator.ts';
import type { Drift, SourceFile } from '../kit/synchronise.ts';
import type { Finding, Problem } from '../problem.ts';

export interface Fixture {
  /** `<status>-<rule>[-<detail>]` */
  readonly name: string;
  readonly evidence: Evidence;
}

export function problemFolder(id: string): string {
  return join(import.meta.dirname, '..', id);
}

export function fixturesOf(id: string): readonly Fixture[] {
  const folder = join(problemFolder(id), 'fixtures');
  const names = readdirSync(folder).filter((name) => name.endsWith('.json'));
  return names.map((name) => ({
    name: name.replace(/\.json$/, ''),
    evidence: JSON.parse(readFileSync(join(folder, name), 'utf8')) as Evidence,
  }));
}

/**
 * What a node would show after these actions. A problem whose remedies change what its fixtures were read from knows
 * how: `testing/apply-actions.ts` in its folder; to the others nothing has changed.
 */
export type ApplyActions = (evidence: Evidence, actions: readonly ActionSpec[]) => Evidence;

export async function applyActionsOf(id: string): Promise<ApplyActions> {
  const path = join(problemFolder(id), 'testing/apply-actions.ts');
  if (!existsSync(path)) return (evidence) => evidence;
  const module = (await import(path)) as { readonly applyActions: ApplyActions };
  return module.applyActions;
}

/** Sections without which a node may still be said to be well, by what is said of the fixture with all of them. */
export type NotNeeded = Readonly<Record<string, (findings: readonly Finding[]) => boolean>>;

/** Those of one problem: `testing/not-needed.ts` in its folder, each with why. */
export async function notNeededOf(id: string): Promise<NotNeeded> {
  const path = join(problemFolder(id), 'testing/not-needed.ts');
  if (!existsSync(path)) return {};
  return ((await import(path)) as { readonly notNeeded: NotNeeded }).notNeeded;
}

/** Inputs that a part of a user script is made from: `testing/inputs-at-bootstrap.ts` of a problem that has such ones. */
export async function inputsAtBootstrapOf(id: string): Promise<object> {
  const module = (await import(join(problemFolder(id), 'testing/inputs-at-bootstrap.ts'))) as {
    readonly inputsAtBootstrap: object;
  };
  return module.inputsAtBootstrap;
}

export interface SaidText {
  readonly key: string;
  readonly params: TextParams;
}

/** Every text that a problem asks for on this evidence. */
export function saidTexts(problem: Problem, evidence: Evidence): readonly SaidText[] {
  const findings = problem.diagnose(evidence);
  const { actions, refused } = problem.plan({ evidence, findings });
  return [
    ...findings.map(({ text }) => text),
    ...actions.map(({ why }) => why),
    ...refused.map(({ key, params }) => ({ key, params })),
  ];
}

/**
 * What is said of the one file that should be the same on all nodes: against a source that means what a fixture's file
 * means, against each other where most have it, where most have none, and where there is no most.
 */
export function synchronisedFindings({ synchronise }: Problem, fixtures: readonly Fixture[]): readonly Finding[] {
  const [first] = fixtures;
  if (synchronise === undefined || first === undefined) return [];
  const path = synchronise.defaultPath;
  const drift = (nodes: readonly NodeEvidence[], source?: SourceFile): Drift =>
    synchronise.drift({ ...first.evidence, nodes }, { path, ...(source === undefined ? {} : { source }) });
  const all = fixtures.flatMap(({ name, evidence }) =>
    evidence.nodes.map((node) => ({ ...node, name: `${name} ${node.name}` })),
  );
  const again = (node: NodeEvidence): NodeEvidence => ({ ...node, name: `${node.name} again` });
  const alone = all.map((node) => ({ node, seen: drift([node, again(node)]).nodes[0] }));
  const having = alone.find(({ seen }) => seen?.state === 'same' && seen.file !== 'absent');
  const lacking = alone.find(({ seen }) => seen?.state === 'same' && seen.file === 'absent');
  if (having?.seen?.file === undefined || having.seen.file === 'absent' || lacking === undefined)
    throw new Error('no fixture has the file, or all have');
  const read = synchronise.readSource(Buffer.from(`${having.seen.file.content ?? ''}\n`), { name: 'source', path });
  if (read.state === 'refused') throw new Error(`no source: ${read.reason.key}`);
  return [
    drift(all, read.source),
    drift([having.node, again(having.node), lacking.node]),
    drift([lacking.node, again(lacking.node), having.node]),
    drift([having.node, lacking.node]),
  ].flatMap(({ nodes }) => nodes.map(({ finding }) => finding));
}
