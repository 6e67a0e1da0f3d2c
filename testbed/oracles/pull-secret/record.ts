/**
 * Records which logins kubelet's own keyring tries for generated pull secrets and images into
 * `src/registry/docker-config/fixtures/answers.jsonl`. Needs Go, and the modules of the testbed's control plane; run it
 * after a change of the generator: `sh scripts/with-node.sh testbed/oracles/pull-secret/record.ts`.
 */
import { spawnSync } from 'node:child_process';
import { cpSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { anyQuestion } from '../../../src/registry/docker-config/testing/questions.ts';

const folder = mkdtempSync(join(tmpdir(), 'nodemend-oracle-'));
try {
  cpSync(join(import.meta.dirname, 'main.go'), join(folder, 'main.go'));
  // Of the same Kubernetes as the testbed's kubelets.
  for (const file of ['go.mod', 'go.sum'])
    cpSync(join(import.meta.dirname, '../../control-plane/kube', file), join(folder, file));
  const questions = fc.sample(anyQuestion, { numRuns: 800, seed: 20_261_126 });
  const run = spawnSync('go', ['run', '-trimpath', '.'], {
    cwd: folder,
    input: questions.map((question) => `${JSON.stringify(question)}\n`).join(''),
    encoding: 'utf8',
    maxBuffer: 1e8,
    env: { ...process.env, CGO_ENABLED: '0' },
  });
  if (run.status !== 0) throw new Error(`go run ended with ${run.status}: ${run.stderr}`);
  const answers = [...new Set(run.stdout.split('\n'))].join('\n');
  writeFileSync(
    join(import.meta.dirname, '../../../src/registry/docker-config/fixtures/answers.jsonl'),
    answers.endsWith('\n') ? answers : `${answers}\n`,
  );
  process.stderr.write(`${answers.split('\n').length} answers recorded\n`);
} finally {
  rmSync(folder, { recursive: true });
}
