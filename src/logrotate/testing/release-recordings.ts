import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { TriedConfiguration } from './arbitrary-configuration.ts';
import type { ReportedBlock } from './logrotate-debug.ts';

export interface Recording {
  readonly configuration: TriedConfiguration;
  /** What `logrotate -d` of each release reported; the scratch folder is called as in memory. */
  readonly byRelease: Readonly<Record<string, readonly ReportedBlock[]>>;
}

export const recordingsFile = join(import.meta.dirname, '../fixtures/releases/recordings.txt');

/** JSON, but with a name of its own: the fixtures beside it are evidence. */
export function recordings(): readonly Recording[] {
  return JSON.parse(readFileSync(recordingsFile, 'utf8')) as readonly Recording[];
}
