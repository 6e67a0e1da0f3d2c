import type { Evidence, Observed } from '../../evidence/evidence.ts';
import { versionNumbers } from '../../runtimes/version.ts';

/** From which minor version to which; that of the major version 1. */
export interface UpgradePath {
  readonly from: number;
  readonly to: number;
  /** Whether somebody said so (`--to`); else it is the next one. */
  readonly isNamed: boolean;
}

/** Unknown where the server does not say its version, or says one that cannot be read. */
export function upgradePath({ cluster, scope }: Evidence): Observed<UpgradePath> {
  if (cluster.state !== 'seen') return cluster;
  const { version } = cluster.value;
  if (version.state !== 'seen') return version;
  const now = versionNumbers(version.value);
  if (now === undefined) return { state: 'unknown', reason: 'malformed', detail: `version ${version.value}` };
  const named = versionNumbers(scope.upgradeTo);
  return { state: 'seen', value: { from: now[1], to: named?.[1] ?? now[1] + 1, isNamed: named !== undefined } };
}

/** `1.34` */
export function minorText(minor: number): string {
  return `1.${minor}`;
}
