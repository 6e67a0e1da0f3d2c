import type { TextParams } from '../../../locales/translator.ts';
import { coverageOf } from '../diagnose/coverage.ts';
import type { NodeScene } from './node-scene.ts';

/** Why a file that is as it should be does nothing there all the same: a key below `drift.not-in-force`. */
export interface Idle {
  readonly why: string;
  readonly params: TextParams;
}

/** Undefined when logrotate works with the file, and it holds the logs that nobody else keeps small. */
export function idleBecause(path: string, { rotation, unbounded }: NodeScene): Idle | undefined {
  const { ignored, readFiles } = rotation.configuration;
  const reason = ignored.find((file) => file.path === path);
  if (reason !== undefined) return { why: reason.why, params: { detail: reason.detail } };
  if (!readFiles.includes(path)) return { why: 'not-included', params: {} };
  const coverage = coverageOf(unbounded, rotation);
  const lost = coverage.find((log) => log.state !== 'uncovered' && log.block.file !== path);
  if (lost !== undefined && lost.state !== 'uncovered') return { why: 'claimed', params: { other: lost.block.file } };
  return coverage.some(({ state }) => state !== 'covered') ? { why: 'does-not-cover', params: {} } : undefined;
}
