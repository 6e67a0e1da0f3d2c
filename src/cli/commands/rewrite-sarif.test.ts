import { mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Ajv } from 'ajv';
import { expect, onTestFinished, test } from 'vitest';
import { languages } from '../../locales/language.ts';
import { runInProcess } from '../testing/run-in-process.ts';

/** OASIS SARIF 2.1.0 as SchemaStore has it (sarif-2.1.0-rtm.5.json, from npm's @microsoft/jest-sarif 1.0.0-beta.0). */
const published = JSON.parse(
  readFileSync(join(import.meta.dirname, '../../app/rewrite/testing/sarif-2.1.0.schema.json'), 'utf8'),
) as Readonly<Record<string, unknown>>;

/**
 * Draft 4, which ajv no longer reads; what the schema uses of it is the same in draft 7, but for its own name. One of its
 * patterns is none in Unicode mode.
 */
function sarifValidator(): ReturnType<Ajv['compile']> {
  const { $schema: _draft4, id: _id, ...schema } = published;
  return new Ajv({ strict: false, validateFormats: false, unicodeRegExp: false }).compile(schema);
}

test('SARIF fits its own schema, and is the same whatever the language of the terminal', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'nodemend-sarif-'));
  onTestFinished(() => rmSync(folder, { recursive: true }));
  const pod = (image: string): string =>
    `apiVersion: v1\nkind: Pod\nspec:\n  containers:\n  - name: a\n    image: ${image}\n`;
  writeFileSync(join(folder, 'pod.yaml'), pod('k8s.gcr.io/pause:3.2'));
  writeFileSync(join(folder, 'chart.yaml'), pod('k8s.gcr.io/{{ .Values.name }}:1'));
  writeFileSync(join(folder, 'latin1.yaml'), Buffer.from('k8s.gcr.io \xe9', 'latin1'));
  writeFileSync(join(folder, 'notes.rst'), 'k8s.gcr.io/pause:3.2');
  symlinkSync('pod.yaml', join(folder, 'link.yaml'));

  const logs = await Promise.all(
    languages.map(async (language) => {
      const { data } = await runInProcess(['rewrite', '-o', 'sarif', '.'], { language, workingFolder: folder });
      return data;
    }),
  );

  expect(logs[1]).toBe(logs[0]);
  const log = JSON.parse(logs[0] ?? '') as { readonly runs: readonly { readonly results: readonly unknown[] }[] };
  const validate = sarifValidator();
  expect(validate(log), JSON.stringify(validate.errors)).toBe(true);
  expect(log.runs[0]?.results).toHaveLength(2);
  expect(validate({ ...log, runs: [{ results: [{ level: 'error' }] }] })).toBe(false);
});
