import { criVerdicts, isIdle } from './cri-verdicts.ts';
import type { RuleTarget, LogPlaces } from './rule-target.ts';
import type { NodeRuntime } from '../runtime/node-runtime.ts';
import type { Rotation } from './rotation.ts';
import type { Edit } from './edit.ts';
import { othersAreUnchanged } from './others.ts';
import { clearFile, isUnwanted, type Unwanted } from './removable.ts';

export interface CriContext {
  readonly rotation: Rotation;
  readonly runtime: NodeRuntime;
  readonly places: LogPlaces;
  readonly reread: (edits: readonly Edit[]) => Rotation;
}

export type CriPlan =
  | { readonly state: 'planned'; readonly edits: readonly CriEdit[] }
  | { readonly state: 'refused'; readonly why: string; readonly file: string };

export interface CriEdit extends Edit {
  readonly why: 'remove-rule' | 'cut-rule';
}

/** Takes away the rules that have no business where kubelet rotates, and nothing else. */
export function planCri({ rotation, runtime, places, reread }: CriContext): CriPlan {
  const idle: readonly RuleTarget[] = (['docker', 'links'] as const).filter((target) => isIdle(target, runtime));
  const unwanted: Unwanted = { places, targets: ['pods', ...idle], idle: [] };
  const files = rotation.configuration.blocks.filter((block) => isUnwanted(block, unwanted)).map(({ file }) => file);
  const edits: CriEdit[] = [];
  for (const path of new Set(files)) {
    const cleared = clearFile(path, rotation, unwanted);
    if (cleared.state === 'refused') return { state: 'refused', why: cleared.why, file: path };
    if (cleared.state === 'empty') edits.push({ path, to: 'absent', why: 'remove-rule' });
    if (cleared.state === 'cut') edits.push(cutRule(path, cleared.content, rotation));
  }
  const after = reread(edits);
  const isCured = criVerdicts(after, places, runtime).every(({ status }) => status === 'pass');
  if (isCured && othersAreUnchanged(rotation, after, places)) return { state: 'planned', edits };
  return { state: 'refused', why: 'no-cure', file: files[0] ?? '' };
}

function cutRule(path: string, content: string, { files }: Rotation): CriEdit {
  const { mode = 0o644, uid = 0, gid = 0 } = files.files.get(path) ?? {};
  return { path, to: { content, mode, uid, gid }, why: 'cut-rule' };
}
