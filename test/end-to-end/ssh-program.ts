import { mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { quickKeyExchange } from '../../testbed/quick-key-exchange.ts';

/**
 * `ssh` of this machine, with a configuration of the test's instead of somebody's own. @returns the folder that it is in, to stand
 * first in a PATH
 */
export function writeSshProgram(configuration: string): string {
  const folder = mkdtempSync(join(tmpdir(), 'nodemend-ssh-'));
  writeFileSync(
    join(folder, 'ssh'),
    `#!/bin/sh\nexec /usr/bin/ssh -F '${configuration}' ${quickKeyExchange.join(' ')} "$@"\n`,
    { mode: 0o755 },
  );
  return folder;
}
