import type { TextParams } from '../../../locales/translator.ts';
import { coverageOf } from '../rotation/coverage.ts';
import type { NodeContext } from './node-context.ts';

/** Why a file does nothing where it stands: a key below `drift.not-in-force`. */
export interface Idle {
  readonly why: string;
  readonly params: TextParams;
}

/** Why logrotate does not read the file at all, whatever is in it. */
export function unreadBecause(path: string, { rotation }: NodeContext): Idle | undefined {
  const { ignored, readFiles } = rotation.configuration;
  const reason = ignored.find((file) => file.path === path);
  if (reason !== undefined) return { why: reason.why, params: { detail: reason.detail } };
  return readFiles.includes(path) ? undefined : { why: 'not-included', params: {} };
}

/** Undefined when the file that logrotate reads holds the logs that nobody else keeps small. */
export function idleBecause(path: string, { rotation, unbounded }: NodeContext): Idle | undefined {
  const coverage = coverageOf(unbounded, rotation);
  const lost = coverage.find((log) => log.state !== 'uncovered' && log.block.file !== path);
  if (lost !== undefined && lost.state !== 'uncovered') return { why: 'claimed', params: { other: lost.block.file } };
  return coverage.some(({ state }) => state !== 'covered') ? { why: 'does-not-cover', params: {} } : undefined;
}
