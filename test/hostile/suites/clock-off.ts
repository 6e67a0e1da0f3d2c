import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import type { Operator } from '../../end-to-end/operator.ts';
import { said, writeKubeconfig, type HostileFixture } from '../hostile-fixture.ts';
import { leasesElsewhere } from '../leases-elsewhere.ts';
import { createServiceAccount, mintToken, type ServiceAccount } from '../service-account.ts';

export interface ClockOff {
  readonly fixture: () => HostileFixture;
  readonly node: string;
}

/**
 * For nodemend alone, by a library in front of libc; the machine's clock is nobody's to set. The dynamic linker knows
 * what `$LIB` is here.
 */
const shifted = (by: string): Readonly<Record<string, string>> => ({
  LD_PRELOAD: '/usr/$LIB/faketime/libfaketime.so.1',
  FAKETIME: by,
  FAKETIME_DONT_FAKE_MONOTONIC: '1',
});

const tenMinutesAhead = `
printf '#!/bin/sh\\nexec faketime -f +10m /bin/date "$@"\\n' >/usr/sbin/date
chmod 0755 /usr/sbin/date
`;

const leases = '/apis/coordination.k8s.io/v1/namespaces/default/leases';
const minutes = 60_000;
/** `meta/v1` MicroTime. */
const microTime = (date: Date): string => date.toISOString().replace('Z', '000Z');

/** Clocks that differ by ten minutes: it is told, and decides nothing. */
export function clockOff({ fixture, node }: ClockOff): void {
  const doctor = (operator: Operator): Promise<string> =>
    said(operator.nodemend('doctor', '--nodes', node)).then((words) => words.replaceAll(/\s+/g, ' '));
  const apply = (operator: Operator): Promise<string> =>
    said(
      operator.nodemend('apply', 'container-logs', '--nodes', node, '--yes', ...leasesElsewhere(fixture(), operator)),
    );

  async function changesAndUndoes(operator: Operator): Promise<void> {
    const [before = ''] = await fixture().breakNodes(node);
    expect(await apply(operator)).toMatch(/^0\n/);
    const [run = ''] = operator.runs();
    expect(await fixture().traces(node)).toMatch(new RegExp(`^run ${run} kept$`, 'm'));
    expect(await said(operator.nodemend('undo', run, '--yes', ...leasesElsewhere(fixture(), operator)))).toMatch(
      /^0\n/,
    );
    expect(await fixture().traces(node)).toBe(`${before}run ${run} undone\n`);
  }

  describe.each([
    ['+10m', 'behind'],
    ['-10m', 'ahead of'],
  ] as const)('nodemend’s clock is off by %s', (by, told) => {
    let operator: Operator;
    beforeEach(() => {
      operator = fixture().operator(shifted(by));
    });

    test('doctor says so, of the server and of the node', async () => {
      const words = await doctor(operator);
      expect(words).toMatch(new RegExp(`the clock of https://\\S+ is (?:599|600|601) s ${told} this machine's`));
      expect(words).toMatch(new RegExp(`the clock of ${node} is (?:599|600|601) s ${told} this machine's`));
    });

    test('a node is changed and undone', async () => {
      await changesAndUndoes(operator);
      const [first] = operator.journal(operator.runs()[0] ?? '');
      expect(Math.abs(Date.parse(first?.at ?? '') - Date.now())).toBeGreaterThan(8 * minutes);
    });
  });

  describe('nodemend’s clock is ten minutes ahead', () => {
    let operator: Operator;
    let account: ServiceAccount;
    beforeAll(async () => {
      account = await createServiceAccount(fixture(), 'early');
    });
    beforeEach(() => {
      operator = fixture().operator(shifted('+10m'));
    });

    test('a lease of fifteen minutes that was renewed six minutes ago is held', async () => {
      const [before = ''] = await fixture().breakNodes(node);
      const renewTime = microTime(new Date(Date.now() - 6 * minutes));
      const spec = {
        holderIdentity: '20260101-0000-container-logs-beef',
        leaseDurationSeconds: 900,
        acquireTime: renewTime,
        renewTime,
        leaseTransitions: 0,
      };
      await fixture().testbed.kubectl(
        'delete',
        'lease',
        'nodemend-run',
        '--namespace',
        'default',
        '--ignore-not-found',
      );
      await fixture().admin.create(
        leases,
        { apiVersion: 'coordination.k8s.io/v1', kind: 'Lease', metadata: { name: 'nodemend-run' }, spec },
        () => undefined,
      );
      try {
        expect(await apply(operator)).toMatch(/^8\n[^]*20260101-0000-container-logs-beef[^]*\[LEASE_HELD\]/);
        expect(await fixture().traces(node)).toBe(before);
      } finally {
        await fixture().admin.remove(`${leases}/nodemend-run`);
      }
    });

    test('a token of a plugin that seems to have expired is used as long as the server takes it', async () => {
      const expiresAt = new Date(Date.now() + 5 * minutes);
      const status = { token: mintToken(fixture(), account, expiresAt), expirationTimestamp: expiresAt.toISOString() };
      const credential = join(operator.folder, 'credential.json');
      writeFileSync(
        credential,
        JSON.stringify({ apiVersion: 'client.authentication.k8s.io/v1', kind: 'ExecCredential', status }),
      );
      const exec = {
        apiVersion: 'client.authentication.k8s.io/v1',
        command: 'cat',
        args: [credential],
        interactiveMode: 'Never',
      };
      const kubeconfig = writeKubeconfig(fixture(), operator, { user: { exec } });
      expect(await said(operator.nodemend('diagnose', '--nodes', node, '--kubeconfig', kubeconfig))).toMatch(
        new RegExp(`^3\\n[^]*${node}`),
      );
    });
  });

  test('a clock before the day of the server’s certificate: an error that says where to look first', async () => {
    const words = await said(fixture().operator(shifted('-25h')).nodemend('diagnose', '--nodes', node));
    expect(words).toMatch(
      /^5\nerror: [^]*expired or[^]*not yet valid[^]*\[API_SERVER_CERTIFICATE_EXPIRED\]\nhint: Check this machine's clock first/,
    );
  });

  describe('the node’s clock is ten minutes ahead', () => {
    beforeAll(() => fixture().testbed.root(node, tenMinutesAhead));
    afterAll(() => fixture().testbed.root(node, 'rm -f /usr/sbin/date'));

    test('doctor says so, and the node is changed and undone', async () => {
      const operator = fixture().operator();
      expect(await doctor(operator)).toMatch(
        new RegExp(`the clock of ${node} is (?:599|600|601) s ahead of this machine's`),
      );
      await changesAndUndoes(operator);
    });
  });
}
