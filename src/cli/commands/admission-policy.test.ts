import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { parseAllDocuments } from 'yaml';
import { runInProcess } from '../testing/run-in-process.ts';

interface Printed {
  readonly kind: string;
  readonly spec: {
    readonly policyName?: string;
    readonly validationActions?: readonly string[];
    readonly matchResources?: unknown;
  };
}

async function printed(
  ...args: readonly string[]
): Promise<{ readonly objects: readonly Printed[]; readonly notes: string }> {
  const { code, data, notes } = await runInProcess(['admission-policy', ...args]);
  expect(code).toBe(0);
  return { objects: parseAllDocuments(data).map((document) => document.toJS() as Printed), notes };
}

test('it prints what kubectl takes: each policy with its binding, which warns', async () => {
  const { objects, notes } = await printed();

  expect(objects.map(({ kind }) => kind)).toEqual(
    Array.from({ length: 4 }, () => ['ValidatingAdmissionPolicy', 'ValidatingAdmissionPolicyBinding']).flat(),
  );
  expect(objects.flatMap(({ spec }) => spec.validationActions ?? [])).toEqual(
    Array.from({ length: 4 }, () => ['Warn', 'Audit']).flat(),
  );
  expect(notes).toContain('These policies warn and do not deny anything.\nNext: nodemend admission-policy --apply\n');
});

test('the next command reads the same configuration, and is not broken', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'nodemend policies '));
  onTestFinished(() => rmSync(folder, { recursive: true }));
  const config = join(folder, 'of-the-production-cluster.yaml');
  writeFileSync(config, '{}\n', { mode: 0o600 });

  const { notes } = await printed('--except-namespace', 'legacy', '--config', config);

  expect(notes).toContain(`\nNext: nodemend admission-policy --apply --except-namespace legacy --config '${config}'\n`);
});

test('it refuses only when that is named, and leaves namespaces out that are named', async () => {
  const { objects, notes } = await printed(
    '--allow',
    'deny',
    '--except-namespace',
    'legacy',
    '--except-namespace',
    'kube-system',
  );
  const [, binding] = objects;

  expect(objects.flatMap(({ spec }) => spec.validationActions ?? [])).not.toContain('Warn');
  expect(binding?.spec.matchResources).toEqual({
    namespaceSelector: {
      matchExpressions: [{ key: 'kubernetes.io/metadata.name', operator: 'NotIn', values: ['kube-system', 'legacy'] }],
    },
  });
  expect(notes).toContain('Apply them without --allow deny first');
  expect((await runInProcess(['admission-policy', '--allow', 'reboot'])).error).toMatchObject({ code: 'USAGE' });
});
