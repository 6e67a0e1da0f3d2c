import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll } from 'vitest';
import { problemNamesRule } from './problem-names-rule.ts';
import { testRule } from './tester.ts';

const cwd = mkdtempSync(join(tmpdir(), 'nodemend-names-'));
afterAll(() => rmSync(cwd, { recursive: true, force: true }));
for (const id of ['image-pull', 'stale-mounts']) {
  mkdirSync(join(cwd, 'src/problems', id), { recursive: true });
  writeFileSync(join(cwd, 'src/problems', id, 'entry.ts'), '');
}
mkdirSync(join(cwd, 'src/problems/kit'));

const only = (id: string): string => `only src/problems/${id}/ and the catalogue may name ${id}`;

testRule('house/problem-names', problemNamesRule, {
  cwd,
  valid: [
    ['src/problems/list.ts', `export { imagePull } from './image-pull/entry.ts';`],
    ['src/problems/image-pull/meta.ts', `export const id = 'image-pull';`],
    ['src/engine/diagnose.test.ts', `export const id = 'image-pull';`],
    ['src/cli/render/fixtures/sample.ts', `export const id = 'image-pull';`],
    ['scripts/tour.ts', `export const id = 'image-pull';`],
    ['src/kubernetes/pod.ts', `export const a = pod['imagePullSecrets'] + 'image-pull-secret' + 'no-image-pull';`],
    ['src/kubernetes/pod.ts', `// As image-pull has it.\nexport const a = imagePullSecrets;`],
    ['src/engine/diagnose.ts', `export const folder = 'kit';`],
  ],
  invalid: [
    ['src/cli/mirrors.ts', `export const id = 'image-pull';`, only('image-pull')],
    ['lab/up.ts', 'export const a = `nodemend diagnose --only ${b} stale-mounts`;', only('stale-mounts')],
    ['src/cli/exit-codes.ts', `export const a = ['doctor', 'stale-mounts diff'];`, only('stale-mounts')],
    ['src/problems/stale-mounts/plan.ts', `export const key = 'image-pull/docker-daemon';`, only('image-pull')],
    [
      'src/engine/make-plan.ts',
      `import type { Mirror } from '../problems/image-pull/mirrors/mirror.ts';`,
      only('image-pull'),
    ],
    ['src/engine/make-plan.ts', `export const a = catalogue.imagePull;`, only('image-pull')],
  ],
});
