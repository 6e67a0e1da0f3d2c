import { expect, test } from 'vitest';
import type { LogSpaceAction } from '../../../actions/log-space/log-space-action.ts';
import { planOf, samplePreview } from '../../../app/testing/sample-plan.ts';
import { sampleProblem } from '../../../app/testing/sample-report.ts';
import { renderPlan } from './view.ts';
import { contextOf } from '../fixtures/sample-context.ts';

function freed(log: LogSpaceAction['log'], keep: LogSpaceAction['keep']): LogSpaceAction {
  return {
    kind: 'log-space',
    id: 'log-space:worker-1:x',
    problem: 'sample-logs',
    node: 'worker-1',
    cures: ['233a594a5681'],
    why: { key: 'why', params: {} },
    ...(log === 'live' || keep !== 'always' ? { disrupts: 'discard' as const } : {}),
    path: '/var/log/pods/shop_api-0_1/app/0.log',
    log,
    keep,
    reserve: 0,
    was: { device: '1', inode: '2', size: 3, allocated: 4, modified: 5 },
  };
}

function shown(language: 'en' | 'ko', action: LogSpaceAction): string {
  const options = { preview: samplePreview, problems: [sampleProblem], nks: false };
  return renderPlan(planOf([action]), options, contextOf(language)).replaceAll(/\s+/g, ' ');
}

test.each<[LogSpaceAction['log'], LogSpaceAction['keep'], string, string]>([
  ['rotated', 'always', 'REMOVE', 'Undo: the log is put back from the compressed copy kept on the node.'],
  [
    'dead',
    'when-it-fits',
    'REMOVE',
    'Undo: only if a compressed copy fits on the node: puts back the log, or the old lines next to it; otherwise it ' +
      'cannot be undone, and these bytes are lost.',
  ],
  ['rotated', 'never', 'REMOVE', 'Undo: it cannot be undone, these bytes are lost.'],
  [
    'live',
    'always',
    'EMPTY',
    'Undo: the old lines are put back in a file next to the log, from the compressed copy kept on the node; ' +
      'lines written while it is truncated are lost.',
  ],
  ['live', 'never', 'EMPTY', 'Undo: it cannot be undone, these bytes are lost.'],
])('a %s log, kept %s: what becomes of it, and what an undo gives back', (log, keep, word, undo) => {
  const view = shown('en', freed(log, keep));

  expect(view).toContain(`${word} /var/log/pods/shop_api-0_1/app/0.log on 1 node`);
  expect(view).toContain(undo);
  expect(view.includes('Requires --allow discard.')).toBe(log === 'live' || keep !== 'always');
  expect(shown('ko', freed(log, keep))).toContain(log === 'live' ? '비우기 ' : '삭제 ');
});
