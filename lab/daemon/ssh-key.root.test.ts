import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { makeSshKey } from './ssh-key.ts';

test('OpenSSH reads every key and finds the same public half', () => {
  const folder = mkdtempSync(join(tmpdir(), 'nodemend-key-'));
  try {
    const file = join(folder, 'key');
    // 600 keys would contain one with a leading zero byte in either half with a chance of 99 %.
    for (let count = 0; count < 600; count++) {
      const key = makeSshKey(count % 2 === 0 ? '' : `a comment ${count}`);
      writeFileSync(file, key.private, { mode: 0o600 });
      const read = execFileSync('ssh-keygen', ['-y', '-f', file], { encoding: 'utf8' });
      expect(read.trim()).toBe(key.public);
    }
  } finally {
    rmSync(folder, { recursive: true });
  }
});
