import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { findPrograms } from '../../../../testbed/programs.ts';

interface Recorded {
  readonly document: unknown;
  readonly answers: readonly { readonly template: string; readonly printed: string | null }[];
}

test('the recorded answers are those of a real kubectl', async () => {
  const options = { environment: process.env, docker: 'none', containerd2: false } as const;
  const { kubectl } = await findPrograms({ ...options, report: (line) => console.error(line) });
  const folder = mkdtempSync(join(tmpdir(), 'nodemend-kubectl-'));
  onTestFinished(() => rmSync(folder, { recursive: true }));
  const fixture = readFileSync(join(import.meta.dirname, 'fixtures/kubectl-answers.json'), 'utf8');
  const { document, answers } = JSON.parse(fixture) as Recorded;
  const file = join(folder, 'document.json');
  writeFileSync(file, JSON.stringify(document));
  // The label already exists: nothing is changed, and no server is asked.
  const label = ['label', '--local', '--kubeconfig=/dev/null', '-f', file, 'a=b', '--overwrite'];
  const ask = (template: string): string | null => {
    const { status, stdout } = spawnSync(kubectl, [...label, '-o', `jsonpath=${template}`], { encoding: 'utf8' });
    return status === 0 ? stdout : null;
  };

  expect(answers.map(({ template }) => ({ template, printed: ask(template) }))).toEqual(answers);
});
