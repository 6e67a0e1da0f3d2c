import { spawnSync } from 'node:child_process';
import { chmodSync, mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { nodemendArguments, operatorOf, type Operator } from './operator.ts';

/** What nodemend printed, and the command that it says to type then; empty where there is none. */
interface Said {
  readonly exitCode: number | null;
  readonly text: string;
  readonly next: string;
}

const lab = 'next-step';
let operator: Operator;
let environment: Readonly<Record<string, string>>;

/** Nobody set NODEMEND_CONFIG, there is no kubeconfig, and no terminal: whatever a next step needs stands in it. */
beforeAll(() => {
  operator = operatorOf(undefined);
  const bin = join(operator.folder, 'bin');
  mkdirSync(bin);
  const words = [process.execPath, ...nodemendArguments()].map((word) => `'${word}'`).join(' ');
  writeFileSync(join(bin, 'nodemend'), `#!/bin/sh\nexec ${words} "$@"\n`);
  chmodSync(join(bin, 'nodemend'), 0o755);
  environment = {
    PATH: `${bin}:${process.env['PATH'] ?? ''}`,
    HOME: join(operator.folder, 'home'),
    XDG_STATE_HOME: join(operator.folder, 'state'),
    LANG: 'C.UTF-8',
    COLUMNS: '80',
  };
  const rule = '/var/lib/docker/containers/*/*-json.log {\n  daily\n  rotate 3\n  copytruncate\n  missingok\n}\n';
  writeFileSync(join(operator.folder, 'rule'), rule);
});
afterAll(() => {
  type(`nodemend lab down --name ${lab}`);
  operator?.leave();
});

/** A line as it would be copied into a shell. */
function type(line: string): Said {
  // A session of its own has no terminal to ask on.
  const { status, stdout, stderr } = spawnSync('setsid', ['--wait', 'sh', '-c', line], {
    cwd: operator.folder,
    env: environment,
    encoding: 'utf8',
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const text = `${stdout}${stderr}`;
  const approval = /^ {2}(nodemend .* --yes)$/m.exec(text)?.[1];
  return { exitCode: status, text, next: approval ?? /^Next: (.*)$/m.exec(text)?.[1] ?? '' };
}

type Step = Said & { readonly typed: string };

/** A line, then each next step of what it printed, to the last; in one shell, so that an export holds. */
function follow(line: string): readonly Step[] {
  const said: Step[] = [];
  let exports = '';
  for (let next = line; next !== ''; next = said.at(-1)?.next ?? '') {
    said.push({ typed: next, ...type(`${exports} ${next}`) });
    exports += /^export [^;]+; /.exec(next)?.[0] ?? '';
    if (said.length > 8) throw new Error(`it never ends: ${said.map(({ typed }) => typed).join('\n')}`);
  }
  return said;
}

const commands = (said: readonly { readonly typed: string }[]): readonly string[] =>
  said.map(
    ({ typed }) =>
      /nodemend (?<words>[a-z-]+(?: (?:up|status|break|diff|sync))?)/.exec(typed)?.groups?.['words'] ?? typed,
  );
const codes = (said: readonly Said[]): readonly (number | null)[] => said.map(({ exitCode }) => exitCode);
const texts = (said: readonly Said[]): string => said.map(({ text }) => text).join('\n');

const config = (): string => `--config ${environment['XDG_STATE_HOME']}/nodemend/labs/${lab}/nodemend.yaml`;
const node = `${lab}-default-worker-node-0`;

function expectSteps(said: readonly Step[], wanted: Readonly<Record<string, number>>): void {
  expect(commands(said), texts(said)).toEqual(Object.keys(wanted).map((name) => name.trim()));
  expect(codes(said), texts(said)).toEqual(Object.values(wanted));
}

/** What each next step is typed with again. */
function expectRepeated(said: readonly Step[], ...words: readonly string[]): void {
  for (const { typed } of said) for (const word of words) expect(typed).toContain(word);
}

test('from a practice cluster that is up, and asked about later', () => {
  expectSteps(follow(`nodemend lab up --name ${lab} --nodes 3`), {
    'lab up': 0,
    doctor: 0,
    diagnose: 0,
    'diagnose ': 0,
  });
  expectSteps(follow(`nodemend lab status --name ${lab}`), { 'lab status': 0, doctor: 0, diagnose: 0, 'diagnose ': 0 });
});

test('from a trouble to its repair, and back', () => {
  const said = follow(`nodemend lab break container-logs --name ${lab}`);

  // What is printed where nobody can be asked is the same with --yes.
  expectSteps(said, { 'lab break': 0, diagnose: 3, plan: 0, apply: 8, 'apply ': 0, verify: 0 });
  expectRepeated(said.slice(1), config(), '--via ssh');

  const run = /nodemend verify (?<run>\S+)/.exec(said.at(-1)?.typed ?? '')?.groups?.['run'] ?? '';
  const undone = follow(`nodemend undo ${run} ${config()} --via ssh --nodes ${node}`);
  expectSteps(undone, { undo: 8, 'undo ': 0 });
  expectRepeated(undone, config(), '--via ssh', `--nodes ${node}`);
  expectSteps(follow(`nodemend verify ${run} ${config()} --via ssh`), { verify: 0 });
  expectSteps(follow(`nodemend undo ${run} ${config()} --via ssh`), { undo: 8, 'undo ': 0 });
});

test('by a plan in a file, for one node', () => {
  const said = follow(`nodemend plan container-logs ${config()} --via ssh --nodes ${node} --out plan.json`);

  expectSteps(said, { plan: 0, apply: 8, 'apply ': 0, verify: 0 });
  expectRepeated(said, config(), '--via ssh', `--nodes ${node}`);
});

test('with a file that is the same on all nodes', () => {
  const said = follow(`nodemend container-logs diff --from rule ${config()} --via ssh`);

  expectSteps(said, { 'container-logs diff': 3, 'container-logs sync': 8, 'container-logs sync ': 0, verify: 0 });
  expectRepeated(said, config(), '--via ssh');
});

test('by evidence in a file', () => {
  type(`nodemend lab heal --name ${lab}; nodemend lab break container-logs --name ${lab}`);

  const said = follow(`nodemend bundle ${config()} --via ssh --out bundle.json`);

  expectSteps(said, { bundle: 0, diagnose: 3, explain: 0 });
  expect(said.at(-1)?.text).toMatch(/^rule-missing: a rule of container-logs$/m);
});

test('without a way onto the nodes, and with a login that they refuse', () => {
  const kubeconfig = `--kubeconfig ${environment['XDG_STATE_HOME']}/nodemend/labs/${lab}/kubeconfig`;
  const said = follow(`nodemend diagnose ${kubeconfig} --only container-logs --nodes ${node}`);

  expectSteps(said, { diagnose: 5, 'diagnose ': 5, doctor: 3 });
  expectRepeated(said, kubeconfig, `--nodes ${node}`);
  expectRepeated(said.slice(1), '--via ssh');
  expectRepeated(said.slice(0, 2), '--only container-logs');
});

test('to what is planned on request alone, after an earlier look', () => {
  type(`nodemend lab heal --name ${lab}; nodemend bundle ${config()} --via ssh --out before.json`);
  type(`nodemend lab break base-images --name ${lab} --nodes ${node}`);

  const found = type(`nodemend diagnose base-images ${config()} --via ssh --since before.json`);
  expect(found, found.text).toMatchObject({ exitCode: 3 });
  expect(found.next).toContain('plan base-images --remedy restore-images --since before.json --config');
  const planned = type(found.next);
  expect(planned, planned.text).toMatchObject({ exitCode: 0 });
  expect(planned.text).not.toContain('LEFT ALONE');
  expect(planned.next).toContain('apply base-images --remedy restore-images --since before.json --config');
});
