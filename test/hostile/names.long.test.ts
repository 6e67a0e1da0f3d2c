import { spawnSync } from 'node:child_process';
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, test } from 'vitest';
import { nodemendArguments } from '../end-to-end/operator.ts';

/** What nodes and pods call images, by the program itself: of evidence of a real node, with names in it that no image has. */
const folder = mkdtempSync(join(tmpdir(), 'nodemend-hostile-names-'));
afterAll(() => rmSync(folder, { recursive: true }));
const fixture = join(import.meta.dirname, '../../src/problems/base-images/fixtures/fail-base-image-missing.json');

const names = [
  'a.test/$(touch$IFS./pwned);touch<pwned|`touch`&&x:1',
  'a.test/\'"\\x:1',
  'a.test/\u001B[2J\u001B]0;title\u0007x:1',
  'a.test/\r\u009B31m\u202Efnoc.x\u2066:1',
  '../../../../etc/cron.d/x:1',
  '-rf',
  '--help',
  '__proto__',
  'a.test/%s%n%x{{image}}$t(rules):1',
  `a.test/${'가'.repeat(4_096)}:1`,
  `${'b'.repeat(4_096)}/x:1`,
  '[31mx',
  '|x|<script>alert(1)</script>:1',
];

interface Edited {
  readonly nodes: readonly { readonly sections: Readonly<Record<string, { value: { output: string } }>> }[];
  readonly cluster: {
    readonly value: { readonly pods: { value: { uses: { image: string; owner: { name: string } }[] } } };
  };
}

/** An image of its own under a name, as the probe tells it. */
function imageLines(given: string, at: number): string {
  const name = given.replaceAll(/[\r\n]/gu, '');
  const [digest, id] = ['a', 'b'].map((letter) => `sha256:${letter.repeat(62)}${10 + at}`);
  const record = `record ${digest} linux/amd64 ${name.replaceAll(' ', '')} ${name}\n`;
  return `${record}manifest ${digest} ${id} 1 4096 0 1\nuse 1 container ${name}\n`;
}

/** All of them: in containerd's list, as what runs, and as what pods ask for. */
function bundle(): string {
  const evidence = JSON.parse(readFileSync(fixture, 'utf8')) as Edited;
  for (const { sections } of evidence.nodes) {
    const images = sections['containerd/images'];
    if (images === undefined) throw new Error('the fixture has no images');
    images.value.output += names.map(imageLines).join('');
  }
  const { value } = evidence.cluster.value.pods;
  const [use] = value.uses;
  if (use === undefined) throw new Error('the fixture has no pods');
  value.uses = [...value.uses, ...names.map((image) => ({ ...use, image, owner: { ...use.owner, name: image } }))];
  const file = join(folder, 'bundle.json');
  writeFileSync(file, JSON.stringify(evidence));
  return file;
}

test.each([
  ['images list', ['images', 'list', '--all']],
  ['the same, wide', ['images', 'list', '--all', '-o', 'wide']],
  ['the same, for a page', ['images', 'list', '--all', '-o', 'markdown']],
  ['the same, names alone', ['images', 'list', '--all', '-o', 'name']],
  ['diagnose', ['diagnose', '--only', 'base-images']],
  ['the same, for a page', ['diagnose', '--only', 'base-images', '-o', 'markdown']],
])(
  '%s: nothing of a name is obeyed',
  (_what, words) => {
    const args = nodemendArguments(...words, '--bundle', bundle());
    const ended = spawnSync(process.execPath, args, {
      cwd: folder,
      encoding: 'utf8',
      env: { ...process.env, COLUMNS: '100', LC_ALL: 'C.UTF-8', XDG_STATE_HOME: folder, XDG_CONFIG_HOME: folder },
      timeout: 60_000,
    });

    // A page escapes what Markdown would take.
    const shown = words.includes('markdown') ? ended.stdout.replaceAll(/\\(?=[!-/:-@[-`{-~])/gu, '') : ended.stdout;
    expect({ status: ended.status, errors: ended.stderr }).toEqual({ status: 3, errors: '' });
    expect(ended.stdout).toContain('kube-proxy');
    if (words.includes('list'))
      for (const name of ['__proto__', '-rf', String.raw`\e[2J`]) expect(shown).toContain(name);
    expect(ended.stdout.replaceAll('\n', '')).not.toMatch(/[\p{Cc}\p{Cf}]/u);
    if (words.includes('markdown')) expect(ended.stdout).not.toMatch(/(?<!\\|`[^`\n]*)<script/u);
    expect(readdirSync(folder)).toEqual(['bundle.json']);
  },
  90_000,
);
