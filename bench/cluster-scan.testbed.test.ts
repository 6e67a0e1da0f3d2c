import { expect, test } from 'vitest';
import { measureClusterScan } from './cluster-scan.ts';

interface FindingsDocument {
  readonly schema: string;
  readonly scope: { readonly nodes: readonly unknown[] };
  readonly findings: readonly { readonly rule: string; readonly facts?: Readonly<Record<string, unknown>> }[];
}

/** Two other files run beside it. */
const timeout = 600_000;

test('a small cluster is read whole, in less memory than a large one may take', { timeout }, async () => {
  const size = { nodes: 600, pods: 1_500, workloads: 150 };
  const said: string[] = [];
  const { results, outputs } = await measureClusterScan({
    size,
    runs: 1,
    encoding: 'gzip',
    report: (line) => said.push(line),
  });
  console.log([...said, ...results.map(({ what, measured }) => `${what}: ${measured}`)].join('\n'));

  const document = JSON.parse(outputs.get('nodemend diagnose') ?? '') as FindingsDocument;
  expect(document.schema).toMatch(/^nodemend\.dev\/findings\//u);
  expect(document.scope.nodes.length).toBe(size.nodes);
  // Workloads 3, 53 and 103 have ten pods each that do not get their image, each for another cause.
  const podsOf = (rule: string): unknown => document.findings.find((finding) => finding.rule === rule)?.facts?.['pods'];
  expect(['not-found', 'auth-required', 'dns'].map(podsOf)).toEqual([10, 10, 10]);
  // Workloads 7, 8, 107 and 108 name a registry that was retired or renamed.
  expect(document.findings.filter(({ rule }) => rule === 'retired-reference').length).toBe(4);
  // More than empty answers: the download brought the pages of all kinds.
  const { bytes } = JSON.parse(outputs.get('nodemend diagnose: download') ?? '') as { readonly bytes: number };
  expect(bytes).toBeGreaterThan(400 * size.nodes);

  const memory = results.filter(({ what }) => what.endsWith(': memory'));
  expect(memory.map(({ held }) => held)).toEqual([true]);
});
