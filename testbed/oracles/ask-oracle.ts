import { spawnSync } from 'node:child_process';
import { cpSync, existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/**
 * What a Go program says to each question, a line each: `main.go` of the folder, with its own modules, or those of the
 * same Kubernetes as the testbed's kubelets. @throws when it does not end well
 */
export function askOracle(program: string, questions: readonly unknown[]): readonly string[] {
  const folder = mkdtempSync(join(tmpdir(), 'nodemend-oracle-'));
  try {
    cpSync(join(program, 'main.go'), join(folder, 'main.go'));
    const modules = existsSync(join(program, 'go.mod')) ? program : join(import.meta.dirname, '../control-plane/kube');
    for (const file of ['go.mod', 'go.sum']) cpSync(join(modules, file), join(folder, file));
    const run = spawnSync('go', ['run', '-trimpath', '.'], {
      cwd: folder,
      input: questions.map((question) => `${JSON.stringify(question)}\n`).join(''),
      encoding: 'utf8',
      maxBuffer: 1e8,
      env: { ...process.env, CGO_ENABLED: '0' },
    });
    if (run.status !== 0) throw new Error(`go run ended with ${run.status}: ${run.stderr}`);
    return run.stdout.split('\n').filter((line) => line !== '');
  } finally {
    rmSync(folder, { recursive: true });
  }
}
