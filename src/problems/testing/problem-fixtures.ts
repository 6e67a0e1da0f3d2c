import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { ActionSpec } from '../../actions/action-kinds.ts';
import type { Evidence } from '../../evidence/evidence.ts';
import type { TextParams } from '../../locales/translator.ts';
import type { Problem } from '../problem.ts';

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
 * What a node would show after these actions. Each problem knows its own sections: `testing/apply-actions.ts` in its
 * folder.
 */
export type ApplyActions = (evidence: Evidence, actions: readonly ActionSpec[]) => Evidence;

export async function applyActionsOf(id: string): Promise<ApplyActions> {
  const module = (await import(join(problemFolder(id), 'testing/apply-actions.ts'))) as {
    readonly applyActions: ApplyActions;
  };
  return module.applyActions;
}

/** Inputs that a part of a user script is made from: `testing/inputs-at-birth.ts` of a problem that has such ones. */
export async function inputsAtBirthOf(id: string): Promise<object> {
  const module = (await import(join(problemFolder(id), 'testing/inputs-at-birth.ts'))) as {
    readonly inputsAtBirth: object;
  };
  return module.inputsAtBirth;
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
