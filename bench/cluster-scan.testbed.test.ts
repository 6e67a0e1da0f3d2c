import { expect, test } from 'vitest';
import { measureClusterScan } from './cluster-scan.ts';

interface FindingsDocument {
  readonly schema: string;
  readonly scope: { readonly nodes: readonly unknown[] };
}

test('a small cluster is read whole, in less memory than a large one may take', async () => {
  const size = { nodes: 600, pods: 1_500 };
  const said: string[] = [];
  const { results, outputs } = await measureClusterScan({ size, runs: 1, encoding: 'gzip', report: (line) => said.push(line) });
  console.log([...said, ...results.map(({ what, measured }) => `${what}: ${measured}`)].join('\n'));

  const document = JSON.parse(outputs.get('nodemend diagnose') ?? '') as FindingsDocument;
  expect(document.schema).toMatch(/^nodemend\.dev\/findings\//u);
  expect(document.scope.nodes.length).toBe(size.nodes);
  expect(JSON.parse(outputs.get('nodes and pods') ?? '')).toEqual({ nodes: size.nodes, pods: size.pods, placed: size.pods });
  // More than an empty answer: the download brought the pages of both.
  const bytes = (name: string): number => (JSON.parse(outputs.get(name) ?? '') as { readonly bytes: number }).bytes;
  expect(bytes('nodes and pods: download')).toBeGreaterThan(bytes('nodemend diagnose: download') * 1.5);

  const memory = results.filter(({ what }) => what.endsWith(': memory'));
  expect(memory.map(({ held }) => held)).toEqual([true, true]);
});
