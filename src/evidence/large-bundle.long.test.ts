import { mkdtempSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, test } from 'vitest';
import { readBundle, writeBundle } from './bundle.ts';
import { evidenceSchema, type Evidence, type NodeEvidence } from './evidence.ts';

const folder = mkdtempSync(join(tmpdir(), 'nodemend-large-bundle-'));
afterAll(() => rmSync(folder, { recursive: true }));

const output = '/var/lib/docker/containers/0123/0123-json.log 12345678\n'.repeat(4_500);

function node(name: string): NodeEvidence {
  const value = { exitCode: 0, encoding: 'utf8', output, errors: output, truncated: false } as const;
  return {
    name,
    address: '10.0.0.1',
    api: { state: 'not-looked-at', enable: '--kubeconfig' },
    access: { state: 'unknown', reason: 'unreachable', detail: 'refused' },
    sections: { 'a/b': { state: 'seen', value } },
  };
}

test('a hundred megabytes are written and read in seconds of CPU', async () => {
  const file = join(folder, 'large.json');
  const large: Evidence = {
    schema: evidenceSchema,
    collectedAt: '2026-11-24T09:31:00.000Z',
    collector: { version: '0.1.0' },
    scope: { via: 'ssh', targets: 'hosts', problems: ['container-logs'] },
    cluster: { state: 'not-looked-at', enable: '--kubeconfig' },
    nodes: Array.from({ length: 215 }, (_, index) => node(`worker-${index}`)),
  };
  const began = process.cpuUsage();
  await writeBundle(file, large);
  const read = await readBundle(file);

  expect(statSync(file).size).toBeGreaterThan(100_000_000);
  expect(read.nodes).toHaveLength(215);
  const { user, system } = process.cpuUsage(began);
  expect((user + system) / 1e6).toBeLessThan(10);
}, 60_000);
