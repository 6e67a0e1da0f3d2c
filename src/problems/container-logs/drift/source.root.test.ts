import { spawnSync } from 'node:child_process';
import { chmodSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { readSource } from './source.ts';

const id = 'f'.repeat(64);
let folder = '';

/** A docker folder of our own with one container: the real program looks at it and changes nothing (-d). */
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'nodemend-source-'));
  chmodSync(folder, 0o755);
  mkdirSync(join(folder, 'containers', id), { recursive: true, mode: 0o755 });
  writeFileSync(join(folder, 'containers', id, `${id}-json.log`), 'one line\n', { mode: 0o640 });
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const pattern = fc.constantFrom(
  '@/containers/*/*-json.log',
  '@/containers/*/*.log',
  '"@/containers/*/*-json.log"',
  '@/containers/*.log',
);
const line = fc.oneof(
  {
    weight: 5,
    arbitrary: fc.constantFrom(
      'daily',
      'hourly',
      'rotate 5',
      'copytruncate',
      'missingok',
      'notifempty',
      'compress',
      'delaycompress',
      'maxsize 100M',
      'size=10M',
      'dateext',
      'dateformat -%Y%m%d-%s',
      'create 0644 root root',
      'su root root',
      '# a remark',
      'postrotate\n  true\nendscript',
    ),
  },
  {
    weight: 1,
    arbitrary: fc.constantFrom(
      'maxsize 100m',
      'rotate',
      'rotate five',
      'dayly',
      '%',
      '{',
      'create 9',
      'prerotate',
      'weekly 9',
      'tabooext .x',
    ),
  },
);
// Users are left out: who has an account is for each node to say.
const text = fc
  .tuple(
    pattern,
    fc.array(line, { minLength: 1, maxLength: 5 }),
    fc.constantFrom('}\n', '}\n', '}\n', '}\n', '', '}}\n'),
  )
  .map(([name, lines, end]) => `${name} {\n${['copytruncate', ...lines].join('\n')}\n${end}`);

function complaints(content: string): readonly string[] {
  const file = join(folder, 'rule');
  writeFileSync(file, content, { mode: 0o644 });
  const { stderr, error } = spawnSync('logrotate', ['-d', '-s', join(folder, 'state'), file], {
    encoding: 'utf8',
    env: { LC_ALL: 'C', PATH: process.env['PATH'] },
  });
  if (error !== undefined) throw error;
  return stderr.split('\n').filter((one) => one.startsWith('error: '));
}

test('what is taken as a source the installed logrotate reads without a complaint, and works with', () => {
  const seen = { taken: 0, complained: 0 };
  fc.assert(
    fc.property(text, (template) => {
      const content = template.replaceAll('@', folder);
      const reading = readSource(Buffer.from(content), { name: 'rule', path: '/etc/logrotate.d/docker' });
      const real = complaints(content);
      if (reading.state === 'accepted') {
        seen.taken += 1;
        expect(real, content).toEqual([]);
      }
      if (real.length > 0) {
        seen.complained += 1;
        expect(reading.state, content).toBe('refused');
      }
    }),
    { numRuns: 150 },
  );
  expect(seen.taken).toBeGreaterThan(10);
  expect(seen.complained).toBeGreaterThan(10);
});
