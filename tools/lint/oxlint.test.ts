import { spawnSync } from 'node:child_process';
import { cpSync, mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';

const project = join(import.meta.dirname, '..', '..');
const scratch = mkdtempSync(join(tmpdir(), 'nodemend-lint-'));

afterAll(() => rmSync(scratch, { recursive: true, force: true }));

interface Diagnostic {
  readonly code: string;
  readonly filename: string;
}

/** Files that each break one rule, at the place where the rule holds. */
const broken: Readonly<Record<string, readonly [rule: string, code: string]>> = {
  'src/problems/container-logs/plan.ts': [
    'house(layers)',
    `import { x } from '../../transport/transport.ts';\nexport const y = x;\n`,
  ],
  'src/engine/walk.ts': [
    'house(no-stray-effects)',
    `import { spawn } from 'node:child_process';\nexport const y = spawn;\n`,
  ],
  'src/engine/mend.ts': [
    'house(no-stray-changes)',
    `export function mend(api: { patch: () => void }): void {\n  api.patch();\n}\n`,
  ],
  'src/actions/remove.ts': [
    'house(no-string-built-shell)',
    'export function remove(path: string): object {\n  return { script: `rm ${path}` };\n}\n',
  ],
  'src/engine/stop.ts': ['house(nodemend-error)', `export function stop(): never {\n  throw new Error('no');\n}\n`],
  'src/engine/utils.ts': ['house(telling-names)', `export const x = 1;\n`],
  'src/engine/forgotten.ts': [
    'typescript(no-floating-promises)',
    `export function go(work: () => Promise<void>): void {\n  work();\n}\n`,
  ],
  'src/engine/untyped.ts': ['typescript(explicit-module-boundary-types)', `export function go() {\n  return 1;\n}\n`],
  'src/engine/many.ts': [
    'eslint(max-params)',
    `export function go(a: 1, b: 1, c: 1, d: 1, e: 1): number {\n  return a + b + c + d + e;\n}\n`,
  ],
  'src/engine/default.ts': ['import(no-default-export)', `export default 1;\n`],
  'src/engine/CamelCase.ts': ['unicorn(filename-case)', `export const x = 1;\n`],
  'src/engine/fine.ts': ['', `export const x = 1;\n`],
};

/** Lints a scratch project that has the real configuration and the real plugin. */
function lint(): readonly Diagnostic[] {
  for (const name of ['.oxlintrc.json', 'tsconfig.json', 'package.json'])
    cpSync(join(project, name), join(scratch, name));
  cpSync(join(project, 'tools/lint'), join(scratch, 'tools/lint'), { recursive: true });
  symlinkSync(join(project, 'node_modules'), join(scratch, 'node_modules'));
  for (const [file, [, code]] of Object.entries(broken)) {
    mkdirSync(dirname(join(scratch, file)), { recursive: true });
    writeFileSync(join(scratch, file), code);
  }
  const run = spawnSync(process.execPath, ['node_modules/oxlint/bin/oxlint', '--format=json', 'src'], {
    cwd: scratch,
    encoding: 'utf8',
  });
  return (JSON.parse(run.stdout) as { readonly diagnostics: readonly Diagnostic[] }).diagnostics;
}

describe('oxlint with this project’s configuration', () => {
  it('reports each file that breaks a rule, for that rule, and no other file', () => {
    const found = lint().map(({ code, filename }) => `${filename}: ${code}`);

    const expected = Object.entries(broken).flatMap(([file, [rule]]) => (rule ? [`${file}: ${rule}`] : []));
    expect(found.toSorted()).toEqual(expected.toSorted());
  });
});
