import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Command } from 'commander';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { createTexts } from '../../src/app/texts/texts.ts';
import { heldOutput } from '../../src/app/documents/testing/held-to-schema.ts';
import { buildProgram } from '../../src/cli/program.ts';
import { operatorOf, type CommandResult, type Operator } from './operator.ts';
import { openCluster } from './practice-cluster.ts';
import type { TestCluster } from './test-cluster.ts';

let cluster: TestCluster;
let operator: Operator;

beforeAll(async () => {
  cluster = await openCluster('e2e-json', 2);
  operator = operatorOf(cluster);
  const [broken = ''] = cluster.nodes.filter(({ runtime }) => runtime === 'docker').map(({ name }) => name);
  await cluster.breakNodes('container-logs', 'rule-missing', [broken]);
  const pod = 'apiVersion: v1\nkind: Pod\nspec: {containers: [{name: a, image: k8s.gcr.io/pause:3.2}]}\n';
  writeFileSync(join(operator.folder, 'pod.yaml'), pod);
  writeFileSync(join(operator.folder, 'grub'), 'GRUB_CMDLINE_LINUX="quiet"\n');
});
afterAll(async () => {
  operator?.leave();
  await cluster?.down();
});

/** In this order: what is done by one is looked at, and undone, by the next. */
const asked: readonly (readonly [command: string, schema: string, ...words: readonly string[]])[] = [
  ['doctor', 'doctor'],
  ['diagnose', 'findings'],
  ['container-logs diff', 'drift'],
  ['images list', 'images'],
  ['images restore', 'run-event', '--dry-run'],
  ['images pin', 'run-event', '--dry-run'],
  ['images reseed', 'run-event', 'registry.k8s.io/pause:3.6', '--from', 'nobody', '--dry-run'],
  ['images import', 'run-event', 'absent.tar', '--dry-run'],
  ['plan', 'plan', 'container-logs'],
  ['apply', 'run-event', 'container-logs', '--yes'],
  ['verify', 'verification'],
  ['resume', 'run-event', '--yes'],
  ['history', 'history', '--from-nodes', '--from-cluster'],
  ['undo', 'run-event', '--yes'],
  ['reboot', 'run-event', '-l', 'kubernetes.io/os=linux', '--reason', 'CHG-7', '--dry-run'],
  // Nobody listens there: unknown, by its schema.
  ['rate-limit', 'rate-limit', '--image', '127.0.0.1:1/library/alpine', '--plain-http'],
  ['rewrite', 'rewrite', 'pod.yaml'],
  ['boot-argument', 'boot-argument', 'grub', '--add', 'cgroup.memory=nokmem'],
  ['schedule status', 'schedules'],
];

/** What nodes without an image cannot give: `test/image-nodes`. */
const elsewhere = ['images export'];

test.each(asked)('%s -o json is %s, by its published schema', async (command, schema, ...words) => {
  const result = await operator.nodemend(...command.split(' '), ...words, '-o', 'json');
  const documents = printed(result);

  expect(documents.length, result.stderr).toBeGreaterThan(0);
  for (const document of documents) expect(document['schema']).toBe(`nodemend.dev/${schema}/v1`);
  if (schema === 'run-event') expect(documents.at(-1)).toMatchObject({ event: 'exit', exitCode: result.exitCode });
});

function printed({ stdout }: CommandResult): readonly Readonly<Record<string, unknown>>[] {
  return heldOutput(['-o', 'json'], stdout);
}

test('a run that did its work says so in its events', async () => {
  const { exitCode, stdout, stderr } = await operator.nodemend('apply', 'container-logs', '--yes', '-o', 'json');
  const events = printed({ exitCode, stdout, stderr });

  expect(exitCode, stderr).toBe(0);
  expect(events.find(({ event }) => event === 'ended')).toMatchObject({ result: { verdict: 'done', exitCode: 0 } });
  expect(stderr).toContain('DONE');
});

test('every command that prints JSON is among them', async () => {
  const program = await buildProgram(createTexts('en', []), () => Promise.resolve());
  const below = (command: Command, path: readonly string[]): readonly string[] => [
    ...(command.options.some(({ long, argChoices }) => long === '--output' && argChoices?.includes('json'))
      ? [path.join(' ')]
      : []),
    ...command.commands.flatMap((child) => below(child, [...path, child.name()])),
  ];

  expect(new Set(below(program, []))).toEqual(new Set([...asked.map(([command]) => command), ...elsewhere]));
});
