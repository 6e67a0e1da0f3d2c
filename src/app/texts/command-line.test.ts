import { execFileSync } from 'node:child_process';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { commandLine } from './command-line.ts';

test('quotes only what a shell would read something into', () => {
  expect(commandLine(['nodemend', 'plan', '--hosts', '/tmp/a b', '--nodes', 'worker-[1-3]', '-l', 'a=b', ''])).toBe(
    "nodemend plan --hosts '/tmp/a b' --nodes 'worker-[1-3]' -l a=b ''",
  );
});

test('a shell reads the same words back', () => {
  const word = fc.string({
    unit: fc.constantFrom('a', ' ', "'", '"', '$', '`', '\\', '*', '~', '!', ';', '&', '노', '-', '[', '#', '='),
    maxLength: 8,
  });
  fc.assert(
    fc.property(fc.array(word, { maxLength: 6 }), (words) => {
      const output = execFileSync('sh', ['-c', `printf '%s\\0' x ${commandLine(words)}`], { encoding: 'utf8' });

      expect(output.split('\0').slice(1, -1)).toEqual(words);
    }),
    { numRuns: 40 },
  );
});
