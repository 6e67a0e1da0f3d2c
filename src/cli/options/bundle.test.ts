import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import type { Evidence } from '../../evidence/evidence.ts';
import { runInProcess } from '../testing/run-in-process.ts';

/** Made for container-logs, over SSH; one of its nodes did not answer. */
const bundle = join(import.meta.dirname, '../../../examples/sick-cluster.json');

const scratch = mkdtempSync(join(tmpdir(), 'nodemend-bundle-'));
afterAll(() => rmSync(scratch, { recursive: true, force: true }));

describe('from a bundle', () => {
  it('plan shows what would change, as a diff, and what it says nothing of', async () => {
    const { code, data } = await runInProcess(['plan', '--bundle', bundle]);

    expect(code).toBe(0);
    expect(data).toMatch(/^CREATE {2}\/etc\/logrotate\.d\/docker on 3 nodes$/m);
    expect(data).toMatch(/^ {2}\+ {4}maxsize 100M$/m);
    expect(data).toContain('1 node could not be checked and is not part of the plan: shop-app-worker-node-5');
    // There is no cluster that could be changed.
    expect(data).not.toContain('Next:');
  });

  it('plan and diagnose refuse what the bundle was not made for', async () => {
    const evidence = JSON.parse(readFileSync(bundle, 'utf8')) as Evidence;
    const other = join(scratch, 'other.json');
    writeFileSync(other, JSON.stringify({ ...evidence, scope: { ...evidence.scope, problems: ['other-trouble'] } }));
    for (const argv of [
      ['plan', 'container-logs', '--bundle', other],
      ['diagnose', '--only', 'container-logs', '--bundle', other],
    ])
      expect((await runInProcess(argv)).error).toMatchObject({
        code: 'BUNDLE_WITHOUT_PROBLEM',
        params: { problems: 'container-logs', held: 'other-trouble' },
      });
  });

  it('diff compares the nodes, and names itself again with the bundle', async () => {
    const { code, data } = await runInProcess(['container-logs', 'diff', '--bundle', bundle]);

    expect(code).toBe(3);
    expect(data).toContain('VERSION 1  3 nodes\n  shop-default-worker-node-[0-2]\n  The file does not exist.');
    expect(data.replaceAll(/\s+/g, ' ')).toContain(
      `Next: nodemend container-logs diff --from FILE --bundle ${bundle}`.replaceAll(/\s+/g, ' '),
    );
  });

  it('diff holds them against a file; nothing can be made equal here', async () => {
    const source = join(scratch, 'docker');
    writeFileSync(source, '/var/lib/docker/containers/*/*-json.log {\n    daily\n    rotate 5\n    copytruncate\n}\n');

    const { code, data } = await runInProcess(['container-logs', 'diff', '--from', source, '--bundle', bundle]);

    expect(code).toBe(3);
    expect(data).toMatch(/^ {2}\+ {4}rotate 5$/m);
    expect(data).not.toContain('Next:');
  });

  it.each(['--via ssh', '--nodes a', '--user root', '--read-kubelet', '--timeout 5'])(
    '%s has no effect, and is refused',
    async (words) => {
      for (const command of [['diagnose'], ['plan'], ['container-logs', 'diff']]) {
        if (words === '--read-kubelet' && command.length > 1) continue;
        const { error } = await runInProcess([...command, '--bundle', bundle, ...words.split(' ')]);
        expect(error).toMatchObject({ code: 'USAGE', params: { context: 'conflict' } });
      }
    },
  );

  it('a plan is for people alone: what a bundle hides of a file is not text to write', async () => {
    for (const words of [
      ['--out', 'plan.json'],
      ['-o', 'json'],
    ])
      expect((await runInProcess(['plan', '--bundle', bundle, ...words])).error).toMatchObject({ code: 'USAGE' });
  });
});
