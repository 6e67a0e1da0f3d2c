import { chmodSync, existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { runProgram } from '../../lab/node-root/run-program.ts';
import { nodemendArguments } from '../../test/end-to-end/operator.ts';
import { createPrivateRoot, type PrivateRoot } from '../../test/private-root.ts';
import makeImage from '../make-image.sh?raw';
import { fillDisk } from '../on-node.ts';
import type { TestTestbed } from '../testing/test-testbed.ts';

interface Given {
  readonly testbed: TestTestbed;
  /** Two nodes that can lose their sandbox image; the second knows pins. */
  readonly nodes: readonly [string, string];
  readonly sandboxImage: string;
}

/**
 * The two schedules of docs/closed-networks.md, installed with the real crontab in a root of its own, and run as cron runs
 * them: by `nodemend schedule run`, with nobody there.
 */
export function scheduledImagesSuite(given: () => Given): void {
  let root: PrivateRoot;
  const file = (name: string): string => join(root.shared, name);
  /** Needed on the second node, and pinned nowhere. */
  const spare = 'a.test/spare:1';

  beforeAll(async () => {
    const { testbed, nodes } = given();
    root = await createPrivateRoot();
    const { folder } = await testbed.status();
    mkdirSync(file('home'), { mode: 0o700 });
    const configuration = readFileSync(folder.configuration, 'utf8');
    writeFileSync(file('nodemend.yaml'), `${configuration}\nlanguage: en\n`);
    writeFileSync(file('spare.yaml'), `${configuration}\nlanguage: en\nneededImages: ['${spare}']\n`);
    const tell = `#!/bin/sh\necho "$NODEMEND_SCHEDULE $NODEMEND_EXIT_CODE $NODEMEND_ERROR" >>'${file('told')}'\ncat >>'${file('said')}'\n`;
    writeFileSync(file('tell.sh'), tell);
    chmodSync(file('tell.sh'), 0o755);
    await testbed.root(nodes[1], `set -- containerd 100 ${spare}\n${makeImage}`);
    await install('base-images', '--cap', '1', '--', 'apply', 'base-images', '--remedy', 'restore-images');
    const diagnose = ['diagnose', 'base-images', '--nodes', nodes[1], '--config', file('spare.yaml')];
    await install('base-images-at-risk', '--', ...diagnose);
  });
  afterAll(() => root?.close());

  interface End {
    readonly exitCode: number;
    readonly output: string;
  }

  async function nodemend(...words: readonly string[]): Promise<End> {
    const environment = [`HOME=${file('home')}`, 'LANG=C.UTF-8', `NODEMEND_CONFIG=${file('nodemend.yaml')}`];
    const [program = '', ...enter] = root.enter;
    const node = ['env', '-i', `PATH=${process.env['PATH'] ?? ''}`, ...environment, process.execPath];
    const { exitCode, stdout, stderr } = await runProgram(program, [...enter, ...node, ...nodemendArguments(...words)]);
    return { exitCode, output: stdout + stderr };
  }

  async function install(name: string, ...words: readonly string[]): Promise<void> {
    const how = ['--as', 'cron', '--every', 'hour', '--name', name, '--on-failure', file('tell.sh'), '--yes'];
    const { exitCode, output } = await nodemend('schedule', 'install', ...how, ...words);
    expect(exitCode, output).toBe(0);
  }

  const told = (): string => (existsSync(file('told')) ? readFileSync(file('told'), 'utf8') : '');
  const lose = (...nodes: readonly string[]): Promise<unknown> =>
    Promise.all(nodes.map((node) => given().testbed.root(node, `ctr -n k8s.io images rm ${given().sandboxImage}`)));
  const has = async (node: string): Promise<boolean> =>
    (await given().testbed.root(node, 'ctr -n k8s.io images ls -q')).split('\n').includes(given().sandboxImage);

  test('what a node has lost comes back, and the next run has nothing to do', async () => {
    const [first] = given().nodes;
    await lose(first);
    const done = await nodemend('schedule', 'run', 'base-images');

    expect(done.exitCode, done.output).toBe(0);
    expect(done.output).toMatch(
      /^nodemend schedule=base-images verdict=done exit=0 run=\S+-base-images-\S+ seconds=\d+$/mu,
    );
    expect(await has(first)).toBe(true);
    const again = await nodemend('schedule', 'run', 'base-images');
    expect(again.output).toMatch(/^nodemend schedule=base-images verdict=\S+ exit=0 run=- seconds=\d+$/mu);
    expect(told()).toBe('');
  });

  test('it warns of a node while its disk still has room', async () => {
    const { testbed, nodes } = given();
    const quiet = await nodemend('schedule', 'run', 'base-images-at-risk');
    await fillDisk(await testbed.status(), nodes[1], '80%');
    const warned = await nodemend('schedule', 'run', 'base-images-at-risk');
    await testbed.root(nodes[1], 'rm -f /var/lib/filler');

    expect(quiet.exitCode, quiet.output).toBe(0);
    expect(warned.exitCode, warned.output).toBe(4);
    expect(told()).toBe('base-images-at-risk 4 \n');
    const { output } = JSON.parse(readFileSync(file('said'), 'utf8')) as { readonly output: string };
    expect(output.replaceAll(/\s+/gu, ' ')).toContain(
      `full. At 85% kubelet starts removing images, and can remove ${spare}`,
    );
  });

  test('where more nodes have lost it than was approved, nothing is changed, and somebody is told', async () => {
    await lose(...given().nodes);
    const { exitCode, output } = await nodemend('schedule', 'run', 'base-images');

    expect(exitCode, output).toBe(8);
    expect(told()).toMatch(/^base-images 8 APPROVAL_EXCEEDED$/mu);
    for (const node of given().nodes) expect(await has(node), node).toBe(false);
    const again = `ctr -n k8s.io images tag docker.io/library/box:1 ${given().sandboxImage}`;
    await Promise.all(given().nodes.map((node) => given().testbed.root(node, again)));
  });
}
