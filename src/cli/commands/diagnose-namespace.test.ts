import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { beforeEach, expect, onTestFinished, test } from 'vitest';
import type { Evidence } from '../../evidence/evidence.ts';
import { runInProcess, type CommandEnd } from '../testing/run-in-process.ts';

/** Its deployments and the images of nobody else are in namespace shop, those of one more in kube-system. */
const fixture = join(import.meta.dirname, '../../problems/image-pull/fixtures/fail-retired-reference.json');
let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'nodemend-namespace-'));
  onTestFinished(() => rmSync(folder, { recursive: true }));
  writeFileSync(join(folder, 'bundle.json'), readFileSync(fixture));
});

const run = (...words: readonly string[]): Promise<CommandEnd> => runInProcess(words, { workingFolder: folder });
const diagnose = (...words: readonly string[]): Promise<CommandEnd> =>
  run('diagnose', 'image-pull', '--bundle', join(folder, 'bundle.json'), ...words);

interface Document {
  readonly scope: { readonly namespace?: string };
  readonly findings: readonly { readonly status: string; readonly subject: { readonly namespace?: string } }[];
}
const documentOf = async (...words: readonly string[]): Promise<Document> =>
  JSON.parse((await diagnose(...words, '-o', 'json')).data) as Document;

test('only what is in the namespace is reported, with the namespace', async () => {
  const all = await documentOf('-A');
  const shop = await documentOf('-n', 'shop');
  const team = await documentOf('--namespace', 'team');

  expect(all).toEqual(await documentOf());
  expect(all.scope).not.toHaveProperty('namespace');
  const namespacesOf = ({ findings }: Document): ReadonlySet<string | undefined> =>
    new Set(findings.map(({ subject }) => subject.namespace).filter((name) => name !== undefined));
  expect(namespacesOf(all).size).toBeGreaterThan(1);
  expect(shop.scope.namespace).toBe('shop');
  expect(namespacesOf(shop)).toEqual(new Set(['shop']));
  expect(shop.findings.some(({ status }) => status === 'fail' || status === 'warn')).toBe(true);
  expect(JSON.stringify(shop.findings)).not.toContain('kube-system');
  expect(namespacesOf(team)).toEqual(new Set());
  expect(team.findings.filter(({ status }) => status === 'fail' || status === 'warn')).toEqual([]);
  expect((await diagnose('-n', 'shop')).data).toContain(', namespace shop, ');
});

test('a plan changes only what is in the namespace', async () => {
  const plan = async (...words: readonly string[]): Promise<string> => {
    const remedy = ['--remedy', 'rewrite-references'];
    return (await run('plan', 'image-pull', '--bundle', join(folder, 'bundle.json'), ...remedy, ...words)).data;
  };

  expect(await plan('-n', 'shop')).toContain('shop');
  expect(await plan('-n', 'team')).not.toContain('shop');
});

test('a bundle of one namespace answers for no other', async () => {
  const evidence = JSON.parse(readFileSync(fixture, 'utf8')) as Evidence;
  const scope = { ...evidence.scope, namespace: 'shop' };
  writeFileSync(join(folder, 'bundle.json'), JSON.stringify({ ...evidence, scope }));

  expect((await documentOf()).scope.namespace).toBe('shop');
  expect((await documentOf('-n', 'shop')).scope.namespace).toBe('shop');
  expect(await diagnose('-n', 'team')).toMatchObject({
    error: { code: 'BUNDLE_WITHOUT_NAMESPACE', params: { namespace: 'team', held: 'shop' } },
  });
});

test.each([
  [['-n', 'shop', '-A'], 'conflict'],
  [['-n', 'Shop!'], 'namespace'],
  [['-n', 'shop,team'], 'namespace'],
  [['-n', 'shop', '--hosts', 'hosts'], 'conflict'],
  [['-A', '--hosts', 'hosts'], 'conflict'],
  [['-n', 'shop', '--use-secrets', 'team'], 'conflict'],
] as const)('%j is refused', async (words, context) => {
  expect(await run('diagnose', ...words)).toMatchObject({ error: { code: 'USAGE', params: { context } } });
});
