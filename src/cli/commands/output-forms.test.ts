import { join } from 'node:path';
import { expect, test } from 'vitest';
import { runInProcess, type CommandEnd } from '../testing/run-in-process.ts';

const bundle = join(import.meta.dirname, '../../../examples/sick-cluster.json');
const diagnose = (...words: readonly string[]): Promise<CommandEnd> =>
  runInProcess(['diagnose', '--bundle', bundle, ...words]);

interface Document {
  readonly findings: readonly {
    readonly rule: string;
    readonly status: string;
    readonly subject: { readonly kind: string; readonly name?: string };
  }[];
}

const { findings } = JSON.parse((await diagnose('-o', 'json')).data) as Document;
const troubles = findings.filter(({ status }) => status === 'fail' || status === 'warn');

test('-o name: what is in trouble, once, as kubectl takes it', async () => {
  const { code, data } = await diagnose('-o', 'name');
  const nodes = troubles.flatMap(({ subject }) => (subject.kind === 'node' ? [`node/${subject.name}`] : []));

  expect(nodes.length).toBeGreaterThan(1);
  expect(code).toBe(3);
  expect(
    data
      .trimEnd()
      .split('\n')
      .filter((line) => line.startsWith('node/')),
  ).toEqual([...new Set(nodes)]);
  expect(data).toMatch(/^(?:[a-z]+\/[a-z0-9.-]+\n)+$/u);
});

test.each(['-o=jsonpath', '--output=jsonpath'])('%s=TEMPLATE: parts of the document of -o json', async (flag) => {
  const { data } = await diagnose(`${flag}={range .findings[?(@.status=="fail")]}{.rule}{"\\n"}{end}`);

  expect(data).toBe(troubles.flatMap(({ rule, status }) => (status === 'fail' ? [`${rule}\n`] : [])).join(''));
  expect((await diagnose(`${flag}={.schema}`)).data).toBe('nodemend.dev/findings/v1');
});

test.each(['jsonpath=', 'jsonpath={.findings', 'jsonpath={end}', 'jsonpath={findings}'])(
  '%s is refused before anything is looked at',
  async (format) => {
    expect(await runInProcess(['diagnose', '--bundle', '/nonexistent', '-o', format])).toMatchObject({
      error: { code: 'USAGE', params: { context: 'jsonpath' } },
    });
  },
);

test.each(['jsonpath', 'go-template={{.}}', 'custom-columns=A:.a', 'jsonpath-file=x'])(
  '%s, which nodemend does not have, is told what there is',
  async (format) => {
    expect(await diagnose('-o', format)).toMatchObject({
      error: { code: 'USAGE', params: { context: 'choice', choices: expect.stringContaining('jsonpath=') as string } },
    });
  },
);
