import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { isNodemendError } from '../../errors/nodemend-error.ts';
import { errorText } from '../../errors/text.ts';
import { languages } from '../../locales/language.ts';
import { commandNames } from '../program.ts';
import { synchronisedEntries } from '../../app/problems/synchronised.ts';
import { runInProcess, type CommandEnd } from '../testing/run-in-process.ts';

const good = '/var/lib/docker/containers/*/*-json.log {\n  daily\n  rotate 5\n  copytruncate\n}\n';

let folder = '';
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'nodemend-source-'));
  writeFileSync(join(folder, 'good.conf'), good);
  writeFileSync(join(folder, 'empty.conf'), '');
  writeFileSync(join(folder, 'windows.conf'), good.replaceAll('\n', '\r\n'));
  writeFileSync(join(folder, 'misspelt.conf'), good.replace('daily', 'dayly'));
  writeFileSync(join(folder, 'large.conf'), Buffer.alloc(2 * 1024 * 1024, '#\n'));
  execFileSync('mkfifo', [join(folder, 'pipe')]);
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

/** There is no cluster and no node: whoever is asked for one fails in another way. */
const run = (line: string): Promise<CommandEnd> =>
  runInProcess(line.split(' '), {
    workingFolder: folder,
    environment: { HOME: folder, KUBECONFIG: join(folder, 'nosuch') },
  });
const codeOf = ({ error }: CommandEnd): string => (isNodemendError(error) ? error.code : String(error));

test('every problem that keeps a file the same has its command', () => {
  const ids = synchronisedEntries.map(({ meta }) => meta.id);

  expect(ids.length).toBeGreaterThan(0);
  expect(ids.filter((id) => !commandNames.includes(id))).toEqual([]);
});

describe.each([
  'container-logs diff --from',
  'container-logs sync --yes --from',
  'plan container-logs --from',
  'apply container-logs --yes --from',
])('%s', (command) => {
  test.each([
    ['nosuch.conf', 'SOURCE_UNREADABLE'],
    ['.', 'SOURCE_UNREADABLE'],
    ['pipe', 'SOURCE_UNREADABLE'],
    ['empty.conf', 'SOURCE_REFUSED'],
    ['windows.conf', 'SOURCE_REFUSED'],
    ['misspelt.conf', 'SOURCE_REFUSED'],
    ['large.conf', 'SOURCE_REFUSED'],
    ['good.conf --path /etc/passwd', 'SOURCE_PATH_REFUSED'],
    ['good.conf --path /etc/logrotate.d/docker.bak', 'SOURCE_PATH_REFUSED'],
  ])('%s: %s, before anything is contacted', async (words, code) => {
    const end = await run(`${command} ${words}`);

    expect(codeOf(end)).toBe(code);
    expect(end.data).toBe('');
    for (const language of languages) {
      const { cause, next } = isNodemendError(end.error)
        ? errorText(language, end.error.code, end.error.params)
        : { cause: '', next: '' };
      expect(`${cause} ${next}`).not.toMatch(/\{\{|problems\./);
      expect(next.length).toBeGreaterThan(10);
    }
  });

  test('a good one is not what stops it', async () => {
    expect(codeOf(await run(`${command} good.conf`))).toMatch(/^KUBECONFIG_/);
  });
});

test.each([
  ['plan --from good.conf', 'SOURCE_WITHOUT_PROBLEM'],
  ['plan container-logs --path /etc/logrotate.d/docker', 'USAGE'],
  ['apply plan.json --from good.conf', 'USAGE'],
  ['apply container-logs --from good.conf --remedy x', 'USAGE'],
  ['container-logs diff --path docker', 'SOURCE_PATH_REFUSED'],
])('%s: %s', async (line, code) => {
  expect(codeOf(await run(line))).toBe(code);
});

test('a source says what is wrong with it by the name that it was given', async () => {
  const { error } = await run('container-logs diff --from misspelt.conf');

  expect(error).toMatchObject({ params: { reason: expect.stringMatching(/misspelt\.conf.*dayly/) } });
});
