import { afterEach, expect, test, vi } from 'vitest';
import { readRecording, type RecordedExchange } from '../../src/kubernetes/testing/recording.ts';
import type { KubeObject } from './objects.ts';
import { budget, eightNodes, namespace, node, pod } from './testing/some-objects.ts';
import { serveFake, type ServedFake } from './testing/serve-fake.ts';

/**
 * What a real kube-apiserver answered (src/kubernetes/fixtures/recorded), asked again of the fake: same request, same
 * code, same body, but for what is the server's own (UIDs, versions, times, who manages which field).
 */
interface Case {
  readonly recording: string;
  readonly objects: readonly KubeObject[];
  /** Exchanges that the fake has no part in, by index, with the reason. */
  readonly without?: Readonly<Record<number, string>>;
  readonly before?: Readonly<Record<number, () => void>>;
}

const cases: readonly Case[] = [
  { recording: 'cluster-uid', objects: [namespace('kube-system')] },
  { recording: 'access-reviews', objects: [] },
  { recording: 'unauthorized', objects: eightNodes },
  { recording: 'not-found', objects: eightNodes },
  {
    recording: 'forbidden',
    objects: eightNodes,
    without: {
      0: 'no Secrets in a lab',
      1: 'no Secrets in a lab',
      2: 'no /metrics in a lab',
      4: 'no ConfigMaps in a lab',
    },
  },
  { recording: 'nodes-paged', objects: eightNodes },
  {
    recording: 'nodes-continue-expired',
    objects: eightNodes,
    // The server had compacted its history, which it does every five minutes.
    before: { 1: () => vi.setSystemTime(Date.now() + 6 * 60_000) },
    without: { 2: 'pages are nodes-paged', 3: 'pages are nodes-paged', 4: 'pages are nodes-paged' },
  },
  {
    recording: 'patches',
    objects: [node('patched')],
  },
  { recording: 'server-side-apply', objects: [namespace('applies')] },
  { recording: 'lease', objects: [namespace('locks')] },
  { recording: 'lease-conflict', objects: [namespace('races')] },
  {
    recording: 'evictions',
    objects: [
      namespace('drained'),
      ...['guarded', 'doubled', 'stale', 'free'].map((name) => pod('drained', name, { app: name })),
      budget('drained', 'guard', 'guarded'),
      budget('drained', 'first', 'doubled'),
      budget('drained', 'second', 'doubled'),
      budget('drained', 'stale', 'stale', 0),
    ],
    without: { 0: 'discovery lists what the server has' },
  },
  { recording: 'watch-expired', objects: eightNodes },
];

afterEach(() => void vi.useRealTimers());

test.each(cases)(
  'answers as the real server did: $recording',
  async ({ recording, objects, without = {}, before = {} }) => {
    vi.useFakeTimers({ toFake: ['Date'] });
    const fake = await serveFake(objects);
    const { exchanges } = await readRecording(recording);
    const learnt = new Map<string, string>();
    let asked = 0;
    for (const [index, exchange] of exchanges.entries()) {
      if (index in without) continue;
      before[index]?.();
      await compare(fake, exchange, learnt);
      asked++;
    }
    expect(asked).toBeGreaterThan(0);
  },
);

async function compare(
  fake: ServedFake,
  { request, response }: RecordedExchange,
  learnt: Map<string, string>,
): Promise<void> {
  const { 'accept-encoding': _, ...headers } = request.headers;
  const answer = await fake.send({
    ...request,
    headers,
    target: translate(request.target, learnt),
    ...(request.body !== undefined && { body: JSON.parse(translate(JSON.stringify(request.body), learnt)) }),
  });
  const what = `${request.method} ${request.target}`;
  expect(answer.status, what).toBe(response.status);
  expect(answer.headers['retry-after'], what).toBe(response.headers['retry-after']);
  expect(answer.headers['x-nodemend-lab'], what).toContain('not a Kubernetes API server');
  if (response.lines) {
    expect(
      answer.text
        .trim()
        .split('\n')
        .map((line) => comparable(JSON.parse(line))),
      what,
    ).toEqual(response.lines.map((line) => comparable(JSON.parse(line))));
  } else if (response.json === undefined) {
    expect(answer.text, what).toBe(response.text);
  } else {
    const got: unknown = JSON.parse(answer.text);
    learn(response.json, got, learnt);
    expect(comparable(got), what).toEqual(comparable(response.json));
  }
}

/** The fake's own version for the recorded one, wherever a later request repeats it. */
function translate(text: string, learnt: ReadonlyMap<string, string>): string {
  return [...learnt].reduce((result, [recorded, own]) => result.replaceAll(recorded, own), text);
}

function learn(recorded: unknown, own: unknown, learnt: Map<string, string>): void {
  const read = (value: unknown) => (value as { readonly metadata?: Readonly<Record<string, string>> }).metadata ?? {};
  const [theirs, ours] = [read(recorded), read(own)];
  for (const key of ['continue', 'uid']) if (theirs[key] && ours[key]) learnt.set(theirs[key], ours[key]);
  if (theirs['resourceVersion'] && ours['resourceVersion'])
    learnt.set(`"resourceVersion":"${theirs['resourceVersion']}"`, `"resourceVersion":"${ours['resourceVersion']}"`);
}

const ownKeys = new Set([
  'uid',
  'resourceVersion',
  'creationTimestamp',
  'managedFields',
  'nodeInfo',
  'daemonEndpoints',
  'generation',
]);

function comparable(value: unknown): unknown {
  if (typeof value === 'string') return value.replaceAll(/[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}/g, 'UID');
  if (Array.isArray(value)) return value.map(comparable);
  if (typeof value !== 'object' || value === null) return value;
  const entries = Object.entries(value)
    .filter(([key, inner]) => !ownKeys.has(key) && !(key === 'labels' && Object.keys(inner as object).length === 0))
    // Which role allows something is a matter of the cluster.
    .filter(
      ([key, inner]) =>
        !(key === 'reason' && String(inner).includes('allowed by')) &&
        !(key === 'reason' && String(inner).startsWith('practice cluster')),
    )
    .map(([key, inner]) => [key, key === 'continue' ? typeof inner : comparable(inner)]);
  return Object.fromEntries(entries);
}
