import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import type { KubeObject } from '../../../lab/api/objects.ts';
import { kinds } from '../../../lab/api/resources.ts';
import { adminRules, type Rule } from '../../../lab/api/roles.ts';
import { serveFake, type ServedFake } from '../../../lab/api/testing/serve-fake.ts';
import { namespace, node } from '../../../lab/api/testing/some-objects.ts';
import { portsIn } from '../../app/testing/ports.ts';
import type { Language } from '../../locales/language.ts';
import { contextIn, recordedOutput, runInProcess, type CommandEnd } from '../testing/run-in-process.ts';
import type { CommandContext } from '../command-context.ts';
import { createOutput, type OutputStream } from '../render/output.ts';
import { printFindings } from './print-findings.ts';
import { askingOnce } from './watch-findings.ts';

/** One whose image a retired registry has, unless another is named. */
const deployment = (name: string, image = 'k8s.gcr.io/pause:3.2'): KubeObject => ({
  apiVersion: 'apps/v1',
  kind: 'Deployment',
  metadata: { namespace: 'shop', name },
  spec: {
    replicas: 0,
    selector: { matchLabels: { app: name } },
    template: { metadata: { labels: { app: name } }, spec: { containers: [{ name: 'web', image }] } },
  },
});

interface Cluster {
  readonly store: ServedFake['store'];
  /** What the user may do; replaced between looks. */
  readonly rules: Rule[];
  /** Of the user; the server in it can be made one that does not answer. */
  readonly kubeconfig: string;
}

type Step = (cluster: Cluster) => void;

interface Watched extends CommandEnd {
  readonly first: string;
  /** What each look after the first printed. */
  readonly looks: readonly string[];
  /** Before each further look, milliseconds. */
  readonly waited: readonly number[];
}

async function served(): Promise<Cluster & { readonly environment: Readonly<Record<string, string>> }> {
  const rules = [...adminRules];
  const objects = [namespace('kube-system'), namespace('shop'), node('worker-1'), deployment('web')];
  const fake = await serveFake(objects, rules);
  const home = mkdtempSync(join(tmpdir(), 'nodemend-watch-'));
  onTestFinished(() => rmSync(home, { recursive: true }));
  const environment = { HOME: home, XDG_STATE_HOME: home };
  return { store: fake.store, rules, kubeconfig: fake.kubeconfig('reader'), environment };
}

/** Watches a cluster with one deployment of a retired registry; each step is done before one more look. */
async function watched(
  steps: readonly Step[],
  words: readonly string[] = [],
  language: Language = 'en',
): Promise<Watched> {
  const { environment, ...cluster } = await served();
  const interrupt = new AbortController();
  const printed: string[] = [];
  const waited: number[] = [];
  const end = await runInProcess(['diagnose', 'image-pull', '-w', '--kubeconfig', cluster.kubeconfig, ...words], {
    language,
    environment,
    interrupt: interrupt.signal,
    betweenLooks: (all, ms) => {
      waited.push(ms);
      const step = steps[printed.length];
      printed.push(all.slice(printed.join('').length));
      if (step === undefined) interrupt.abort(new DOMException('interrupted', 'AbortError'));
      else step(cluster);
    },
  });
  expect(end.error).toBeUndefined();
  expect(end.data).toBe(printed.join(''));
  const [first = '', ...looks] = printed;
  return { ...end, first, looks, waited };
}

const nothing: Step = () => {};
const add: Step = ({ store }) => void store.create(kinds.Deployment, deployment('api'));
const remove: Step = ({ store }) => void store.remove(kinds.Deployment, 'shop', 'api');
const forbid: Step = ({ rules }) =>
  void rules.splice(0, 1, { groups: [''], resources: ['nodes', 'namespaces'], verbs: ['get', 'list'] });
const allow: Step = ({ rules }) => void rules.splice(0, 1, ...adminRules);
const away: Step = ({ kubeconfig }) => {
  const config = readFileSync(kubeconfig, 'utf8');
  writeFileSync(`${kubeconfig}.kept`, config);
  writeFileSync(kubeconfig, config.replace(/127\.0\.0\.1:\d+/u, '127.0.0.1:1'));
};
const back: Step = ({ kubeconfig }) => writeFileSync(kubeconfig, readFileSync(`${kubeconfig}.kept`, 'utf8'));

const timed = (look: string | undefined): string =>
  (look ?? '').replaceAll(/^\d{4}-\d\d-\d\d \d\d:\d\d (?:UTC|[+-]\d\d:\d\d)/gmu, 'TIME');

test('the first look is printed whole; then nothing but what changed, a line each with its time', async () => {
  const { first, looks, code } = await watched([nothing, add, nothing, remove, nothing]);
  expect(first).toContain('Deployment/web');
  expect(first).toContain('Next: nodemend');
  expect(looks.map(timed)).toMatchInlineSnapshot(`
    [
      "",
      "TIME  new  WARN  shop/Deployment/api  image-pull retired-reference, medium: k8s.gcr.io/pause:3.2 uses a retired registry: it runs until it must be pulled again. nodemend plan image-pull --remedy rewrite-references replaces it in the cluster; nodemend rewrite PATH does so in the manifests.
    ",
      "",
      "TIME  gone  WARN  shop/Deployment/api  image-pull retired-reference, medium: k8s.gcr.io/pause:3.2 uses a retired registry: it runs until it must be pulled again. nodemend plan image-pull --remedy rewrite-references replaces it in the cluster; nodemend rewrite PATH does so in the manifests.
    ",
      "",
    ]
  `);
  // As without --watch, by the last look.
  expect(code).toBe(4);
});

test('the same in Korean', async () => {
  const { looks } = await watched([add, remove], [], 'ko');
  expect(looks.map(timed)).toMatchInlineSnapshot(`
    [
      "TIME  추가  경고  shop/Deployment/api  image-pull retired-reference, 심각도 보통: 종료된 레지스트리의 이미지입니다(k8s.gcr.io/pause:3.2). 다시 pull해야 할 때까지만 실행됩니다. nodemend plan image-pull --remedy rewrite-references는 새 이름을 써 넣고, 매니페스트는 nodemend rewrite PATH로 바꿉니다.
    ",
      "TIME  해소  경고  shop/Deployment/api  image-pull retired-reference, 심각도 보통: 종료된 레지스트리의 이미지입니다(k8s.gcr.io/pause:3.2). 다시 pull해야 할 때까지만 실행됩니다. nodemend plan image-pull --remedy rewrite-references는 새 이름을 써 넣고, 매니페스트는 nodemend rewrite PATH로 바꿉니다.
    ",
    ]
  `);
});

test('what may not be seen any more is unknown, and nothing is gone; the same findings are not told again', async () => {
  const { looks } = await watched([forbid, nothing, allow, nothing]);
  const [lost = '', same, again = '', still] = looks.map(timed);
  expect(lost).toMatch(/^TIME {2}new {2}UNKNOWN/u);
  expect(lost).not.toContain('gone');
  expect(same).toBe('');
  expect(again).not.toMatch(/retired-reference|new/u);
  expect(again).toMatch(/^TIME {2}gone {2}UNKNOWN/u);
  expect(still).toBe('');
});

test('a look that failed is told once, and no finding is gone; then that it answers again', async () => {
  const { looks, code } = await watched([away, nothing, back, nothing]);
  expect(looks.map(timed)).toMatchInlineSnapshot(`
    [
      "TIME  UNKNOWN  nothing could be checked, earlier findings stand: The connection to https://127.0.0.1:1 was refused. [API_REFUSED]
    ",
      "",
      "TIME  checks succeed again
    ",
      "",
    ]
  `);
  expect(code).toBe(4);
  expect((await watched([away])).code).toBe(5);
});

test('-o json: documents of published schemas, one per line', async () => {
  const { first, looks } = await watched([add, nothing, away, back, remove], ['-o', 'json']);
  expect(first.trimEnd()).not.toContain('\n');
  expect(JSON.parse(first)).toMatchObject({ schema: 'nodemend.dev/findings/v1' });
  const events = looks.map((look) =>
    look
      .split('\n')
      .filter((line) => line !== '')
      .map((line) => JSON.parse(line) as unknown),
  );
  const finding = { subject: { namespace: 'shop', name: 'Deployment/api' }, status: 'warn' };
  expect(events).toMatchObject([
    [{ schema: 'nodemend.dev/watch-event/v1', event: 'appeared', finding }],
    [],
    [{ event: 'failed', code: 'API_REFUSED' }],
    [{ event: 'answered' }],
    [{ event: 'gone', finding }],
  ]);
});

test('-o name: what changed, as kubectl prints it; that nothing could be checked is told to people', async () => {
  const { first, looks, notes } = await watched([add, nothing, away], ['-o', 'name']);
  expect(first).toBe('deployment/web\n');
  expect(looks).toEqual(['deployment/api\n', '', '']);
  expect(timed(notes)).toMatch(/^TIME {2}UNKNOWN {2}nothing could be checked/u);
});

test('the next look begins so many seconds after the end of the last: 30, unless --watch-interval says otherwise', async () => {
  expect((await watched([nothing])).waited).toEqual([30_000, 30_000]);
  expect((await watched([nothing], ['--watch-interval', '5'])).waited).toEqual([5_000, 5_000]);
});

test('where nobody reads any more the watch ends', async () => {
  const { store, kubeconfig, environment } = await served();
  let looks = 0;
  const fault = Object.assign(new Error('nobody reads'), { code: 'EPIPE' });
  const stdout: OutputStream = {
    on: () => undefined,
    write: (text, done?: () => void) => {
      if (looks > 0 && text !== '') throw fault;
      done?.();
    },
  };
  const context = contextIn({ environment }, createOutput(stdout, process.stderr, {}));
  const sleep = (): Promise<void> => {
    looks += 1;
    if (looks === 3) store.create(kinds.Deployment, deployment('api'));
    return looks > 5 ? Promise.reject(new Error('it goes on')) : Promise.resolve();
  };
  const options = { watch: true, threshold: 'low', only: ['image-pull'], kubeconfig } as const;
  expect(await printFindings({ ...context, sleep }, options)).toBe(4);
  expect(looks).toBe(3);
});

test('Ctrl-C ends the wait of 30 seconds at once', async () => {
  const { kubeconfig, environment } = await served();
  const interrupt = new AbortController();
  const { output, data } = recordedOutput();
  const context = contextIn({ environment, interrupt: interrupt.signal }, output);
  const sleep: typeof context.sleep = (ms, signal) => {
    setImmediate(() => interrupt.abort(new DOMException('interrupted', 'AbortError')));
    return context.sleep(ms, signal);
  };
  const options = { watch: true, threshold: 'low', only: ['image-pull'], kubeconfig } as const;
  expect(await printFindings({ ...context, sleep }, options)).toBe(4);
  expect(data()).toContain('Deployment/web');
});

test('a look that was interrupted is dropped: what it did not reach is not a change', async () => {
  const { kubeconfig, environment, rules } = await served();
  const interrupt = new AbortController();
  const { output, data } = recordedOutput();
  const context = contextIn({ environment, interrupt: interrupt.signal }, output);
  let first = '';
  const sleep: typeof context.sleep = () => {
    first = data();
    forbid({ rules } as Cluster);
    setTimeout(() => interrupt.abort(new DOMException('interrupted', 'AbortError')), 1);
    return Promise.resolve();
  };
  const options = { watch: true, threshold: 'low', only: ['image-pull'], kubeconfig } as const;
  const end = await printFindings({ ...context, sleep }, options).catch((error: unknown) => error);
  expect(end instanceof Error ? end.name : end).toSatisfy((one) => one === 4 || one === 'AbortError');
  expect(data()).toBe(first);
});

test.each([
  [['--watch-interval', '30'], 'needs', '--watch-interval'],
  [['-w', '--watch-interval', '4'], 'number', '--watch-interval'],
  [['-w', '--watch-interval', '1.5'], 'number', '--watch-interval'],
  [['-w', '--bundle', 'bundle.json'], 'conflict', '--watch'],
  [['-w', '--since', 'bundle.json'], 'conflict', '--watch'],
  [['-w', '--out', 'findings.txt'], 'conflict', '--watch'],
  [['-w', '-o', 'yaml'], 'conflict', '--watch'],
  [['-w', '-o', 'markdown'], 'conflict', '--watch'],
  [['-w', '-o', 'jsonpath={.findings[*].rule}'], 'conflict', '--watch'],
])('%j is refused', async (words, context, typed) => {
  const { error } = await runInProcess(['diagnose', ...words]);
  expect(error).toMatchObject({ code: 'USAGE', params: { context } });
  expect(JSON.stringify(error)).toContain(typed);
});

test('a watch is not scheduled: it does not end', async () => {
  const words = ['schedule', 'install', '--as', 'cronjob', '--', 'diagnose', '-w'];
  expect(await runInProcess(words)).toMatchObject({
    error: { code: 'SCHEDULE_COMMAND_REFUSED', params: { context: 'watch', typed: '--watch' } },
  });
});

test('a passphrase is asked for once, and again only where it was wrong', async () => {
  const asked: number[] = [];
  const { texts } = portsIn();
  const { prompts } = askingOnce<CommandContext>({
    ...contextIn({}, recordedOutput().output),
    prompts: { passphrase: ({ attempt }) => Promise.resolve(`answer ${asked.push(attempt)}`) },
  });
  const ask = (attempt: number): Promise<string | undefined> => prompts.passphrase({ path: 'key', attempt }, texts);
  expect([await ask(1), await ask(1), await ask(2), await ask(1)]).toEqual([
    'answer 1',
    'answer 1',
    'answer 2',
    'answer 2',
  ]);
  expect(asked).toEqual([1, 2]);
});

test('many looks leave nothing behind on the signal that ends them', async () => {
  const warnings: string[] = [];
  const heard = (warning: Error): unknown => warnings.push(warning.message);
  process.on('warning', heard);
  onTestFinished(() => void process.off('warning', heard));
  await watched(Array.from({ length: 20 }, () => nothing));
  expect(warnings).toEqual([]);
});
