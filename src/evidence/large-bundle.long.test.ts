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

/** Seconds of CPU in which a bundle of so many nodes is written and read back, and what became of it. */
async function there(count: number): Promise<{ cpuSeconds: number; bytes: number; nodes: number }> {
  const file = join(folder, `${count}-nodes.json`);
  const evidence: Evidence = {
    schema: evidenceSchema,
    collectedAt: '2026-11-24T09:31:00.000Z',
    collector: { version: '0.1.0' },
    scope: { via: 'ssh', targets: 'hosts', problems: ['container-logs'] },
    cluster: { state: 'not-looked-at', enable: '--kubeconfig' },
    nodes: Array.from({ length: count }, (_, index) => node(`worker-${index}`)),
  };
  const began = process.cpuUsage();
  await writeBundle(file, evidence);
  const { nodes } = await readBundle(file);
  const { user, system } = process.cpuUsage(began);
  return { cpuSeconds: (user + system) / 1e6, bytes: statSync(file).size, nodes: nodes.length };
}

// A bar in seconds would be one of the machine's: a hundred megabytes take 6.5 on one and 10.2 on another.
test('a hundred megabytes are written and read, in time that grows as they do', async () => {
  await there(5);
  const tenth = await there(22);
  const whole = await there(220);

  expect(whole.bytes).toBeGreaterThan(100_000_000);
  expect(whole.nodes).toBe(220);
  // Ten times the text; quadratic would be a hundred times the time.
  expect(whole.cpuSeconds / tenth.cpuSeconds).toBeLessThan(25);
}, 120_000);
