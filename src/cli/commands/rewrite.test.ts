import {
  chmodSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  readdirSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { runInProcess, type CommandEnd } from '../testing/run-in-process.ts';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'nodemend-rewrite-'));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

const pod = (image: string): string =>
  `# a pod\r\napiVersion: v1\r\nkind: Pod\r\nspec:\r\n  containers:\r\n    - image: ${image} # here`;

function put(files: Readonly<Record<string, string | Buffer>>): void {
  for (const [name, content] of Object.entries(files)) {
    mkdirSync(dirname(join(folder, name)), { recursive: true });
    writeFileSync(join(folder, name), content);
  }
}
const text = (name: string): string => readFileSync(join(folder, name), 'utf8');
const rewrite = (...args: readonly string[]): Promise<CommandEnd> =>
  runInProcess(['rewrite', ...args], { workingFolder: folder, columns: 200 });
const references = async (...args: readonly string[]): Promise<unknown> =>
  (JSON.parse((await rewrite('-o', 'json', ...args)).data) as { references: unknown }).references;

describe('rewrite', () => {
  it('shows a patch and changes nothing', async () => {
    put({ 'a/pod.yaml': pod('k8s.gcr.io/pause:3.2'), 'a/ok.yaml': pod('nginx') });
    const { code, data, notes } = await rewrite('a');

    expect(code).toBe(0);
    expect(data).toContain('--- a/a/pod.yaml');
    expect(data).toMatch(/^-.*image: k8s\.gcr\.io\/pause:3\.2/m);
    expect(data).toMatch(/^\+.*image: registry\.k8s\.io\/pause:3\.2/m);
    expect(notes).toContain(
      'Would change: 1 (files: 1). Reported only: 0. Files searched: 2, not changed: 0, skipped by name: 0.',
    );
    expect(text('a/pod.yaml')).toBe(pod('k8s.gcr.io/pause:3.2'));
  });

  it('changes the bytes of the reference alone, with --write, and is done then', async () => {
    put({ 'pod.yaml': pod('k8s.gcr.io/pause:3.2') });
    chmodSync(join(folder, 'pod.yaml'), 0o640);

    expect((await rewrite('--check', '.')).code).toBe(3);
    expect((await rewrite('--write', '.')).code).toBe(0);
    expect(text('pod.yaml')).toBe(pod('registry.k8s.io/pause:3.2'));
    expect(statSync(join(folder, 'pod.yaml')).mode & 0o777).toBe(0o640);
    expect((await rewrite('--check', '.')).code).toBe(0);
    expect(readdirSync(folder)).toEqual(['pod.yaml']);
  });

  it('keeps what was there, with --backup, and never over another backup', async () => {
    put({ 'pod.yaml': pod('k8s.gcr.io/a:1'), 'other.yaml': pod('k8s.gcr.io/b:1'), 'other.yaml.orig': 'mine' });
    const { code, notes } = await rewrite('--write', '--backup', '.');

    expect(code).toBe(6);
    expect(text('pod.yaml.orig')).toBe(pod('k8s.gcr.io/a:1'));
    expect(notes).toContain('other.yaml: not changed: its .orig backup already exists');
    expect([text('other.yaml'), text('other.yaml.orig')]).toEqual([pod('k8s.gcr.io/b:1'), 'mine']);
  });

  it('lists references as JSON, with line and column', async () => {
    put({
      'pod.yaml': `\uFEFF${pod('"k8s.gcr.io/a:1"')}`,
      'cm.yaml': 'apiVersion: v1\nkind: ConfigMap\ndata: {x: k8s.gcr.io/b}\n',
    });

    expect(await references('.')).toEqual([
      {
        file: 'cm.yaml',
        line: 3,
        column: 11,
        old: 'k8s.gcr.io/b',
        new: 'registry.k8s.io/b',
        action: 'report',
        reason: 'not-an-image-field',
      },
      {
        file: 'pod.yaml',
        line: 6,
        column: 15,
        old: 'k8s.gcr.io/a:1',
        new: 'registry.k8s.io/a:1',
        action: 'change',
        reason: 'retired-registry',
      },
    ]);
  });

  it('writes SARIF for code review', async () => {
    put({ 'p d.yaml': pod('docker.pkg.github.com/o/r/i:1') });
    const log = JSON.parse((await rewrite('-o', 'sarif', '.')).data) as {
      readonly version: string;
      readonly runs: readonly { readonly results: unknown }[];
    };

    expect(log.version).toBe('2.1.0');
    expect(log.runs[0]?.results).toEqual([
      {
        ruleId: 'retired-registry',
        level: 'error',
        message: { text: 'docker.pkg.github.com/o/r/i:1 changes to ghcr.io/o/r/i:1.' },
        locations: [
          {
            physicalLocation: {
              artifactLocation: { uri: 'p%20d.yaml' },
              region: { startLine: 6, startColumn: 14, endColumn: 43 },
            },
          },
        ],
      },
    ]);
  });

  it('reports a kustomization that would select nothing any more, with the name to write', async () => {
    put({
      'pod.yaml': pod('k8s.gcr.io/a:1'),
      'kustomization.yaml': 'images:\n- name: k8s.gcr.io/a\n  newTag: "2"\n- name: k8s.gcr.io/b\n',
    });

    expect(await references('kustomization.yaml', 'pod.yaml')).toMatchObject([
      {
        file: 'kustomization.yaml',
        line: 2,
        old: 'k8s.gcr.io/a',
        new: 'registry.k8s.io/a',
        action: 'report',
        reason: 'kustomize-name-breaks',
      },
      { line: 4, reason: 'kustomize-name' },
      { file: 'pod.yaml', action: 'change' },
    ]);
    expect((await rewrite('--write', '.')).code).toBe(6);
    expect(text('pod.yaml')).toBe(pod('registry.k8s.io/a:1'));
  });

  it('names links, binary and huge files, and leaves them', async () => {
    put({
      'real.txt': pod('k8s.gcr.io/a:1'),
      'utf16.yaml': Buffer.from(`k8s.gcr.io\0`),
      'latin1.yaml': Buffer.from('k8s.gcr.io \xe9', 'latin1'),
      'powershell.yaml': Buffer.from('\uFEFFimage: k8s.gcr.io/a:1', 'utf16le'),
      'huge.json': Buffer.alloc(17 * 1024 * 1024, 32),
    });
    symlinkSync('real.txt', join(folder, 'link.yaml'));
    const { code, notes } = await rewrite('.');

    expect(code).toBe(5);
    expect(notes).toContain('link.yaml: not changed: a symbolic link');
    expect(notes).toContain('huge.json: not changed: larger');
    expect(notes).toContain('latin1.yaml: not changed: not UTF-8');
    expect(notes).toContain('utf16.yaml: not changed: not UTF-8');
    expect(notes).toContain('powershell.yaml: not changed: UTF-16');
    expect(notes).toContain('skipped by name: 1');
    const { data } = await rewrite('-o', 'sarif', '.');
    const said = (JSON.parse(data) as { runs: { invocations: { toolExecutionNotifications: unknown[] }[] }[] }).runs[0];
    expect(said?.invocations[0]?.toolExecutionNotifications).toHaveLength(6);
  });

  it('--check --strict fails as long as something may still pull by a retired name', async () => {
    put({ 'cm.yaml': 'kind: ConfigMap\napiVersion: v1\ndata: {run: "docker pull k8s.gcr.io/a:1"}\n' });

    expect((await rewrite('--check', '.')).code).toBe(0);
    expect((await rewrite('--check', '--strict', '.')).code).toBe(3);
    expect((await rewrite('--strict', '.')).error).toMatchObject({ code: 'USAGE', params: { other: '--check' } });
    put({ 'cm.yaml': '# k8s.gcr.io/a:1\nkind: ConfigMap\n' });
    expect((await rewrite('--check', '--strict', '--mentions', '.')).code).toBe(0);
  });

  it('looks into a file that is named, whatever it is called, and not into .git', async () => {
    put({ 'real.txt': pod('k8s.gcr.io/a:1'), '.git/x.yaml': pod('k8s.gcr.io/a:1'), 'ok.yaml': pod('nginx') });

    expect(await references('.')).toEqual([]);
    expect(await references('real.txt')).toHaveLength(1);
  });

  it('leaves neither backup nor scratch file where a file cannot be replaced', async () => {
    put({ 'pod.yaml': pod('k8s.gcr.io/a:1') });
    mkdirSync(join(folder, 'pod.yaml.orig'));

    expect((await rewrite('--write', '--backup', 'pod.yaml')).code).toBe(6);
    expect(readdirSync(folder)).toEqual(['pod.yaml', 'pod.yaml.orig']);
    expect(text('pod.yaml')).toBe(pod('k8s.gcr.io/a:1'));
  });

  it('refuses a folder without manifests, and --backup without --write', async () => {
    expect((await rewrite('--check', '.')).error).toMatchObject({ code: 'NO_MANIFEST', params: { paths: '.' } });
    expect((await rewrite('--backup', '.')).error).toMatchObject({
      code: 'USAGE',
      params: { context: 'needs', typed: '--backup', other: '--write' },
    });
  });

  it('refuses a path that is not there', async () => {
    expect((await rewrite('nothing.yaml')).error).toMatchObject({
      code: 'INPUT_UNREADABLE',
      params: { path: 'nothing.yaml' },
    });
  });
});

describe('a table of your own', () => {
  const bitnami =
    'imageReplacements:\n  # Bitnami, 2025-08-28\n  - from: docker.io/bitnami\n    to: docker.io/bitnamilegacy\n';

  it('is looked for in every file, changed and told', async () => {
    put({
      'map.yaml': bitnami,
      'k/pod.yaml': pod('bitnami/redis:7'),
      'k/values.yaml': 'image:\n  registry: docker.io\n  repository: bitnami/redis\n',
      'k/Dockerfile': 'FROM bitnami/node:20\n',
      'k/old.yaml': pod('k8s.gcr.io/pause:3.2'),
    });

    expect((await rewrite('--check', 'k')).code).toBe(3);
    expect((await rewrite('--check', '--map', 'map.yaml', 'k')).code).toBe(3);
    expect((await rewrite('--write', '--map', 'map.yaml', 'k')).code).toBe(0);
    expect(text('k/pod.yaml')).toBe(pod('bitnamilegacy/redis:7'));
    expect(text('k/values.yaml')).toBe('image:\n  registry: docker.io\n  repository: bitnamilegacy/redis\n');
    expect(text('k/Dockerfile')).toBe('FROM bitnamilegacy/node:20\n');
    expect(text('k/old.yaml')).toBe(pod('registry.k8s.io/pause:3.2'));
    expect((await rewrite('--check', '--strict', '--map', 'map.yaml', 'k')).code).toBe(0);
  });

  it('may stand in the configuration', async () => {
    put({ 'nodemend.yaml': bitnami, 'k/pod.yaml': pod('bitnami/redis:7') });

    expect((await rewrite('--check', 'k')).code).toBe(0);
    expect((await rewrite('--check', '--config', 'nodemend.yaml', 'k')).code).toBe(3);
  });

  it('is refused with its line before a file is looked at', async () => {
    put({
      'map.yaml': 'imageReplacements:\n- from: bitnami\n  to: docker.io/bitnamilegacy\n',
      'pod.yaml': pod('bitnami/redis:7'),
    });
    const { error } = await rewrite('--write', '--map', 'map.yaml', '.');

    expect(error).toMatchObject({
      code: 'REPLACEMENT_INVALID',
      params: { context: 'registry', path: 'map.yaml', line: 2, key: 'imageReplacements[0].from', value: 'bitnami' },
    });
    expect(text('pod.yaml')).toBe(pod('bitnami/redis:7'));
  });
});
