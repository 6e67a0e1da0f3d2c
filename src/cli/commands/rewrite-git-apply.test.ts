import { spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { runInProcess } from '../testing/run-in-process.ts';

/** What real files are made of: endings of lines, none at the end, tabs, escapes, other scripts, markers of diffs. */
const line = fc.constantFrom(
  '        image: k8s.gcr.io/pause:3.2',
  '        image: "gcr.io/google_containers/a:1" # here',
  '# \ttab',
  '--- a/x',
  '+++ b/x',
  '@@ -1 +1 @@',
  '# 한글 é \\n "quoted"',
  '',
);
const content = fc
  .tuple(fc.array(line, { maxLength: 12 }), fc.constantFrom('\n', '\r\n'), fc.boolean(), fc.constantFrom('', '\uFEFF'))
  .map(([lines, ending, isEnded, mark]) => {
    const head = ['apiVersion: v1', 'kind: Pod', 'spec:', '  containers:', '    - name: a'];
    return mark + [...head, ...lines.filter(uncommon(lines))].join(ending) + (isEnded ? ending : '');
  });

/** One image a container. What looks like a diff would end the YAML, so it is a comment. */
function uncommon(lines: readonly string[]): (line: string, index: number) => boolean {
  return (one, index) => !/image:/.test(one) || lines.findIndex((other) => /image:/.test(other)) === index;
}

const name = fc.constantFrom('a.yaml', 'p d.yaml', 'sub/한 글.yaml', 'q"uote.yaml', 'back\\slash.yaml', 'tab\t.yaml');

test('the patch is one that git apply takes, and gives the bytes that --write gives', async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.uniqueArray(fc.tuple(name, content), { selector: ([file]) => file, minLength: 1, maxLength: 3 }),
      async (files) => {
        const folder = mkdtempSync(join(tmpdir(), 'nodemend-patch-'));
        try {
          const put = (where: string): void => {
            for (const [file, text] of files) {
              mkdirSync(dirname(join(folder, where, file)), { recursive: true });
              writeFileSync(join(folder, where, file), text);
            }
          };
          put('patched');
          put('written');
          const run = (where: string, ...args: string[]): ReturnType<typeof runInProcess> =>
            runInProcess(['rewrite', ...args, '.'], { workingFolder: join(folder, where) });
          const { data } = await run('patched');
          await run('written', '--write');
          if (data !== '') {
            const applied = spawnSync('git', ['apply', '-'], { cwd: join(folder, 'patched'), input: data });
            expect(applied.stderr.toString()).toBe('');
          }
          for (const [file] of files)
            expect(readFileSync(join(folder, 'patched', file), 'utf8')).toBe(
              readFileSync(join(folder, 'written', file), 'utf8'),
            );
        } finally {
          rmSync(folder, { recursive: true });
        }
      },
    ),
    { numRuns: 60, interruptAfterTimeLimit: 8000, markInterruptAsFailure: false },
  );
});
