import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Operator } from '../end-to-end/operator.ts';
import type { HostileFixture } from './hostile-fixture.ts';

/**
 * A configuration that keeps its leases in another namespace: runs that do not agree on one work side by side, and have
 * nothing but the nodes' locks to keep them apart.
 * @returns the arguments for a command
 */
export function leasesElsewhere({ status }: HostileFixture, { folder }: Operator): readonly string[] {
  const path = join(folder, 'elsewhere.yaml');
  writeFileSync(path, `${readFileSync(status.folder.configuration, 'utf8')}leaseNamespace: default\n`);
  return ['--config', path];
}
