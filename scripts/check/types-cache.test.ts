import { spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, it } from 'vitest';
import { root } from '../build/options.ts';
import { typesCache } from './types-cache.ts';
import { typesCommand } from './suites.ts';

const scratch = mkdtempSync(join(tmpdir(), 'nodemend-types-'));
afterAll(() => rmSync(scratch, { recursive: true, force: true }));

const project = join(scratch, 'checkout');

function compile(): { readonly status: number | null; readonly stdout: string } {
  const [program, script, ...args] = typesCommand(join(scratch, 'cache.tsbuildinfo'));
  return spawnSync(program, [join(root, script ?? ''), ...args], { cwd: project, encoding: 'utf8' });
}

function write(name: string, text: string): void {
  writeFileSync(join(project, name), text);
}

it('what the compiler remembers hides no fault and keeps none that is mended', () => {
  mkdirSync(project);
  write('tsconfig.json', '{ "compilerOptions": { "strict": true, "noEmit": true, "types": [], "lib": ["es2024"] } }');
  write('a.ts', 'export const a: number = 1;\n');
  write('b.ts', `import { a } from './a';\nexport const b: number = a;\n`);
  expect(compile().status).toBe(0);

  write('a.ts', `export const a: string = '1';\n`);
  const fault = compile();
  expect(fault.status).not.toBe(0);
  expect(fault.stdout).toContain('b.ts(2,14)');
  expect(compile().stdout).toBe(fault.stdout);

  write('a.ts', 'export const a: number = 2;\n');
  expect(compile()).toMatchObject({ status: 0, stdout: '' });

  rmSync(join(project, 'a.ts'));
  expect(compile().stdout).toContain('b.ts(1,19)');
});

it('each checkout has its own, in the user’s cache', () => {
  expect(typesCache('/a', { XDG_CACHE_HOME: '/c' })).toMatch(/^\/c\/nodemend\/types\/[0-9a-f]{16}\.tsbuildinfo$/);
  expect(typesCache('/a')).not.toBe(typesCache('/b'));
});
