import { spawnSync } from 'node:child_process';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { shellDocument } from './shell-document.ts';

const shells: readonly (readonly string[])[] = [['dash'], ['bash', '--posix'], ['bash'], ['busybox', 'sh']];

const separator = '--between-two-documents--';

/** What each of the documents prints, all in one run of a shell, so that a property may have many. */
function printedBy(shell: readonly string[], documents: readonly Uint8Array[]): readonly string[] {
  const script = documents
    .map(
      (bytes, index) =>
        `content_${index}() {\n${shellDocument(bytes).body}}\ncontent_${index}\nprintf %s ${separator}\n`,
    )
    .join('');
  const [program = '', ...args] = shell;
  const { stdout, stderr, status } = spawnSync(program, [...args, '-eu'], { input: script, encoding: 'latin1' });
  expect({ stderr, status }).toEqual({ stderr: '', status: 0 });
  return stdout.split(separator).slice(0, -1);
}

const latin1 = (bytes: Uint8Array): string => Buffer.from(bytes).toString('latin1');

/** Whatever ends, quotes, expands or hides text in a shell. */
const piece = fc.constantFrom(
  'EOF',
  'NODEMEND-',
  'end.of.base64',
  '$(touch /tmp/no)',
  '`id`',
  '$HOME',
  '${x',
  '\\',
  '\\\n',
  "'",
  '"',
  '!',
  '#',
  '&',
  ';',
  '|',
  '<<',
  '}',
  ')',
  '\t',
  ' ',
  '\n',
  '\n\n',
  '\r\n',
  '\0',
  '\u0001',
  'é',
  '로그',
  '\ufeff',
  '%s',
  '-n',
  '~',
);
const text = fc
  .array(fc.oneof(piece, fc.string({ unit: 'binary', maxLength: 8 })), { maxLength: 12 })
  .map((pieces) => Buffer.from(pieces.join('')));
const anyBytes = fc.uint8Array({ maxLength: 300 });

describe.each(shells.map((shell) => ({ shell })))('$shell', ({ shell }) => {
  test('prints the bytes, whatever they are', () => {
    fc.assert(
      fc.property(fc.array(fc.oneof(text, anyBytes), { minLength: 20, maxLength: 40 }), (documents) => {
        expect(printedBy(shell, documents)).toEqual(documents.map(latin1));
      }),
      { numRuns: 12 },
    );
  });
});
