import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { layerOf, layers } from './layers.ts';
import { layersRule } from './layers-rule.ts';
import { testRule } from './tester.ts';

testRule('house/layers', layersRule, {
  valid: [
    ['src/cli/main.ts', `import { diagnose } from '../engine/diagnose.ts';`],
    ['src/cli/commands/lab.ts', `const lab = await import('../../../lab/up.ts');`],
    ['src/engine/diagnose.ts', `import { problems } from '../problems/index.ts';`],
    ['src/problems/list.ts', `export { containerLogs } from './container-logs/entry.ts';`],
    ['src/problems/container-logs/diagnose.ts', `import type { Evidence } from '../../evidence/evidence.ts';`],
    ['src/problems/container-logs/diagnose.ts', `import { type Evidence } from '../../evidence/evidence.ts';`],
    [
      'src/problems/container-logs/diagnose.ts',
      `import { fingerprint } from '../fingerprint.ts'; import './facts.ts';`,
    ],
    ['src/problems/container-logs/problem.ts', `import probe from './probe.sh?raw';`],
    ['src/problems/container-logs/diagnose.test.ts', `import { connect } from '../../transport/ssh/connect.ts';`],
    ['src/actions/action.ts', `import type { Finding } from '../problems/problem.ts';`],
    ['lab/up.ts', `import { NodemendError } from '../src/errors/nodemend-error.ts';`],
    ['bench/fan-out.ts', `import { connect } from '../src/transport/ssh/connect.ts';`],
    ['src/transport/ssh/connect.ts', `import { Client } from 'ssh2';`],
    ['src/cli/main.ts', `import { createTexts } from '../app/texts/texts.ts';`],
    ['src/operator/main.ts', `import { openSession } from '../app/session/session.ts';`],
    ['src/server/main.ts', `import type { Session } from '../app/session/session.ts';`],
    ['src/app/session/session.ts', `import { diagnose } from '../../engine/diagnose.ts';`],
    ['src/app/version.ts', `import manifest from '../../package.json' with { type: 'json' };`],
  ],
  invalid: [
    ['src/app/session/session.ts', `import { paint } from '../../cli/render/paint.ts';`, 'app may not import from cli'],
    [
      'src/app/session/session.ts',
      `import type { Paint } from '../../cli/render/paint.ts';`,
      'app may not import from cli',
    ],
    ['src/app/session/session.ts', `await import('../../server/main.ts');`, 'app may not import from server'],
    [
      'src/app/session/session.test.ts',
      `import { runInProcess } from '../../cli/testing/run-in-process.ts';`,
      'tests of app may not import from cli',
    ],
    ['src/engine/diagnose.ts', `import { version } from '../app/version.ts';`, 'engine may not import from app'],
    ['src/cli/main.ts', `import { reconcile } from '../operator/reconcile.ts';`, 'cli may not import from operator'],
    ['src/cli/main.ts', `import type { Route } from '../server/route.ts';`, 'cli may not import from server'],
    ['src/operator/main.ts', `import { paint } from '../cli/render/paint.ts';`, 'operator may not import from cli'],
    ['src/operator/main.ts', `import { route } from '../server/route.ts';`, 'operator may not import from server'],
    ['src/operator/main.ts', `import { up } from '../../lab/up.ts';`, 'operator may not import from lab'],
    ['src/server/main.ts', `import { paint } from '../cli/render/paint.ts';`, 'server may not import from cli'],
    [
      'src/server/main.ts',
      `import { reconcile } from '../operator/reconcile.ts';`,
      'server may not import from operator',
    ],
    ['src/engine/diagnose.ts', `import { paint } from '../cli/render/paint.ts';`, 'engine may not import from cli'],
    ['src/engine/diagnose.ts', `export { paint } from '../cli/render/paint.ts';`, 'engine may not import from cli'],
    ['src/engine/diagnose.ts', `const { up } = await import('../../lab/up.ts');`, 'engine may not import from lab'],
    [
      'src/engine/diagnose.ts',
      `import { text } from '../problems/container-logs/problem.ts';`,
      'engine may not import from problem',
    ],
    [
      'src/engine/diagnose.ts',
      `import { cluster } from '../../testbed/cluster.ts';`,
      'testbed/cluster.ts is not part of the product; engine may not import it',
    ],
    [
      'src/transport/ssh/connect.ts',
      `import type { Plan } from '../../engine/plan.ts';`,
      'transport may not import from engine',
    ],
    [
      'src/transport/ssh/connect.ts',
      `type A = import('../../evidence/evidence.ts').Evidence;`,
      'transport may not import from evidence',
    ],
    [
      'src/logrotate/release.ts',
      `import type { Fact } from '../evidence/fact.ts';`,
      'logrotate may not import from evidence',
    ],
    ['src/logrotate/taboo.ts', `import { sha256 } from '../hash/sha256.ts';`, 'logrotate may not import from hash'],
    [
      'src/problems/kit/file-edit.ts',
      `import { x } from '../image-pull/facts.ts';`,
      'problem-contract may not import from problem',
    ],
    [
      'src/runtimes/docker/daemon-fault.ts',
      `import type { Finding } from '../../problems/problem.ts';`,
      'runtimes may not import from problem-contract',
    ],
    ['src/errors/text.ts', `import { x } from '../cli/text.ts';`, 'errors may not import from cli'],
    [
      'src/evidence/collect.ts',
      `import { list } from '../problems/problem.ts';`,
      'evidence may import only types from problem-contract',
    ],
    [
      'src/problems/container-logs/plan.ts',
      `import { readBundle } from '../../evidence/bundle.ts';`,
      'problem may import only types from evidence',
    ],
    [
      'src/problems/container-logs/plan.ts',
      `import { a, type B } from '../../actions/action.ts';`,
      'problem may import only types from actions',
    ],
    [
      'src/problems/container-logs/plan.ts',
      `import { x } from '../image-pull/facts.ts';`,
      'a problem may not import another one (image-pull)',
    ],
    [
      'src/problems/container-logs/plan.ts',
      `import { x } from '../../engine/diagnose.ts';`,
      'problem may not import from engine',
    ],
    [
      'src/kubernetes/client.ts',
      `export * from '../transport/transport.ts';`,
      'kubernetes may not import from transport',
    ],
  ],
});

describe('the layers', () => {
  it('name only layers that exist', () => {
    const names = new Set(layers.map(({ name }) => name));
    const named = layers.flatMap(({ uses, knows }) => [...uses, ...knows]);

    expect(named.filter((name) => !names.has(name))).toEqual([]);
  });

  it('know every folder of src', () => {
    const source = join(import.meta.dirname, '..', '..', 'src');
    const folders = readdirSync(source, { withFileTypes: true }).filter((entry) => entry.isDirectory());

    expect(folders.filter(({ name }) => layerOf(`src/${name}/x/y.ts`)?.name === 'source')).toEqual([]);
  });

  it('have no circle', () => {
    const reaches = (from: string, seen: readonly string[] = []): readonly string[] =>
      (layers.find(({ name }) => name === from)?.uses ?? []).flatMap((next) =>
        seen.includes(next) ? [next] : [next, ...reaches(next, [...seen, next])],
      );

    expect(layers.filter(({ name }) => reaches(name).includes(name))).toEqual([]);
  });
});
