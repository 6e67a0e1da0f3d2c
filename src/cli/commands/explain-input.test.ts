import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { runInProcess } from '../testing/run-in-process.ts';

const scratch = mkdtempSync(join(tmpdir(), 'nodemend-references-'));
afterAll(() => rmSync(scratch, { recursive: true, force: true }));

const checkout = join(import.meta.dirname, '..', '..', '..');

describe('explain --reference', () => {
  it('answers each line of standard input with one JSON line, and trims nothing', () => {
    const input = `nginx\n nginx\nghcr.io/a/b:1\r\n\nquay.io/coreos/flannel@sha256:${'0'.repeat(64)}\nlast`;
    const { stdout, status } = spawnSync(
      process.execPath,
      [
        '--import',
        join(checkout, 'scripts/source-hooks.ts'),
        join(checkout, 'src/cli/start.ts'),
        'explain',
        '--reference',
        '-',
      ],
      { input, encoding: 'utf8' },
    );

    expect(status).toBe(0);
    expect(
      stdout
        .trimEnd()
        .split('\n')
        .map((line) => JSON.parse(line) as unknown),
    ).toEqual([
      { input: 'nginx', valid: true, registry: 'docker.io', repository: 'library/nginx', tag: 'latest', digest: null },
      {
        input: ' nginx',
        valid: false,
        registry: null,
        repository: null,
        tag: null,
        digest: null,
        error: 'invalid reference format',
      },
      {
        input: 'ghcr.io/a/b:1\r',
        valid: false,
        registry: null,
        repository: null,
        tag: null,
        digest: null,
        error: 'invalid reference format',
      },
      {
        input: '',
        valid: false,
        registry: null,
        repository: null,
        tag: null,
        digest: null,
        error: 'invalid reference format',
      },
      {
        input: `quay.io/coreos/flannel@sha256:${'0'.repeat(64)}`,
        valid: true,
        registry: 'quay.io',
        repository: 'coreos/flannel',
        tag: null,
        digest: `sha256:${'0'.repeat(64)}`,
      },
      { input: 'last', valid: true, registry: 'docker.io', repository: 'library/last', tag: 'latest', digest: null },
    ]);
  });

  it('reads a file', async () => {
    writeFileSync(join(scratch, 'images.txt'), 'a/b\n');

    expect((await runInProcess(['explain', '--reference', 'images.txt'], { workingFolder: scratch })).data).toContain(
      '"repository":"a/b"',
    );
  });

  it('names a file that cannot be read', async () => {
    expect((await runInProcess(['explain', '--reference', 'no.txt'], { workingFolder: scratch })).error).toMatchObject({
      code: 'INPUT_UNREADABLE',
      params: { path: 'no.txt', fault: 'ENOENT' },
    });
  });

  it('takes no topic beside it', async () => {
    expect((await runInProcess(['explain', '--reference', '-', 'container-logs'])).error).toMatchObject({
      code: 'USAGE',
    });
  });
});

describe('explain --message', () => {
  it('labels lines of JSON and lines of text, each with its id', async () => {
    const lines = [
      JSON.stringify({ id: 'a', message: 'x', reason: 'InvalidImageName', component: 'kubelet' }),
      'pulling from host docker.pkg.github.com failed with status code [manifests v1]: 401 Unauthorized',
      '',
      '{"message": broken',
      JSON.stringify({ message: 'mkdir /sys/fs/cgroup/memory/kubepods/pod1: no space left on device' }),
    ];
    writeFileSync(join(scratch, 'messages.txt'), lines.join('\n'));

    expect(
      (await runInProcess(['explain', '--message', 'messages.txt'], { workingFolder: scratch })).data
        .trimEnd()
        .split('\n'),
    ).toEqual([
      '{"id":"a","label":"invalid-image-name"}',
      '{"id":2,"label":"retired-registry"}',
      '{"id":4,"label":"other"}',
      '{"id":5,"label":"memory-cgroup"}',
    ]);
  });
});
