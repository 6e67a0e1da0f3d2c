import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import type { RecordedRequest } from '../../src/kubernetes/testing/recording.ts';
import type { Operator } from '../end-to-end/operator.ts';
import { startCuttingRelay, type CuttingRelay } from './cutting-relay.ts';
import { addFillerNodes } from './filler-nodes.ts';
import { throttle } from './flow-control.ts';
import { said, startHostileFixture, writeKubeconfig, type HostileFixture } from './hostile-fixture.ts';
import { startHttpRelay, type HttpRelay } from './http-relay.ts';
import { createServiceAccount, mintToken, type ServiceAccount } from './service-account.ts';

/**
 * A server that fails while a cluster is read: the list is whole in the end, or the error says why. The node notices
 * nothing.
 */
let fixture: HostileFixture;
let account: ServiceAccount;
let operator: Operator;
let before: string;
const node = 'docker-1';
/** All nodes are listed, in two pages; this one is probed. */
const diagnose = ['diagnose', '--nodes', node] as const;
/** What is the matter on the node, and so what is seen when the list was read in the end. */
const found = /^3\n[^]*No logrotate rule covers[^]*docker-1/;

beforeAll(async () => {
  fixture = await startHostileFixture({ containerd: 0, docker: 1 }, 'hostile-reading');
  account = await createServiceAccount(fixture, 'reader');
  [before = ''] = await fixture.breakNodes(node);
  await addFillerNodes(fixture.admin);
});
afterAll(() => fixture?.down());
beforeEach(() => {
  operator = fixture.operator();
});
afterEach(async () => expect(await fixture.traces(node)).toBe(before));

const inAnHour = (): Date => new Date(Date.now() + 3_600_000);

describe('a connection cut in the middle of a page', () => {
  let relay: CuttingRelay;
  let through: readonly string[];
  beforeAll(async () => {
    relay = await startCuttingRelay(new URL(fixture.admin.server));
  });
  afterAll(() => relay?.close());
  beforeEach(() => {
    through = ['--kubeconfig', writeKubeconfig(fixture, operator, { server: relay.url })];
  });

  // A page of 500 takes some 200 kB; the second one is asked for on a connection of its own while the first is still
  // coming.
  test.each([
    ['first', 1, 100_000],
    ['second', 2, 20_000],
  ] as const)('of the %s page: it is read again', async (_, cut, bytes) => {
    relay.cutAfter = (connection) => (connection === cut ? bytes : undefined);
    expect(await said(operator.nodemend(...diagnose, ...through))).toMatch(found);
    expect(relay.cuts()).toBe(1);
  });

  test('every time: an error that says so, and not a short list', async () => {
    relay.cutAfter = () => 100_000;
    const words = await said(operator.nodemend(...diagnose, ...through, '-o', 'json'));
    expect(words).toMatch(/^5\nerror: [^]*closed the connection[^]*discarded[^]*\[API_CONNECTION_CUT\]\nhint: /);
    expect(relay.cuts()).toBeGreaterThanOrEqual(5);
  });
});

describe('seen request by request', () => {
  let http: HttpRelay;
  let through: readonly string[];
  beforeAll(async () => {
    http = await startHttpRelay(fixture);
  });
  afterAll(() => http?.relay.close());
  beforeEach(() => {
    http.relay.beforeRequest = () => Promise.resolve();
    http.relay.take();
    through = [
      '--kubeconfig',
      writeKubeconfig(fixture, operator, {
        server: http.relay.url,
        ca: http.ca,
        token: mintToken(fixture, account, inAnHour()),
      }),
    ];
  });

  const isSecondPage = ({ target }: RecordedRequest): boolean => target.includes('continue=');

  test('the apiserver is killed between two pages: the second is asked for again when it is back', async () => {
    let asked = 0;
    http.relay.beforeRequest = async (request) => {
      if (!isSecondPage(request)) return;
      if (++asked === 1) await fixture.controlPlane.killApiserver();
      else await fixture.controlPlane.ready();
    };
    expect(await said(operator.nodemend(...diagnose, ...through))).toMatch(found);
    expect(asked).toBeGreaterThan(1);
  });

  test('the state of the first page is no longer kept (410): the list is read anew', async () => {
    let asked = 0;
    http.relay.beforeRequest = async (request) => {
      if (!isSecondPage(request) || ++asked > 1) return;
      // A 1.34 server serves old pages from snapshots in its memory (ListFromCacheSnapshot), which a restart forgets.
      await fixture.admin.patch(
        `/api/v1/nodes/${node}`,
        { metadata: { annotations: { touched: 'between two pages' } } },
        { type: 'merge', project: () => undefined },
      );
      await fixture.controlPlane.compact();
      await fixture.controlPlane.killApiserver();
      await fixture.controlPlane.ready();
    };
    expect(await said(operator.nodemend(...diagnose, ...through))).toMatch(found);
    const lists = http.relay.take().filter(({ request }) => request.target.startsWith('/api/v1/nodes?'));
    expect(
      lists.map(({ request, response }) => `${isSecondPage(request) ? 'second' : 'first'} ${response.status}`),
    ).toEqual(['first 200', 'second 410', 'first 200', 'second 200']);
  });

  describe('429 of API Priority and Fairness', () => {
    let endThrottle: () => Promise<void>;
    beforeAll(async () => {
      endThrottle = await throttle(fixture, account);
    });

    test('for ever: after some waiting an error that names it', async () => {
      const words = await said(operator.nodemend(...diagnose, ...through));
      expect(words).toMatch(/^5\nerror: [^]*throttling requests \(429\)[^]*\[API_THROTTLED\]\nhint: /);
      expect(http.relay.statuses()).toEqual([429, 429, 429, 429, 429]);
    });

    test('for a while: nodemend waits as long as the server asks, and reads on', async () => {
      http.relay.beforeRequest = async () => {
        if (http.relay.statuses().length === 1) await endThrottle();
      };
      expect(await said(operator.nodemend(...diagnose, ...through))).toMatch(found);
      expect(http.relay.statuses().filter((status) => status === 429).length).toBeGreaterThanOrEqual(1);
    });
  });
});
