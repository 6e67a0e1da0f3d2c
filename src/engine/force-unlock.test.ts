import { expect, test } from 'vitest';
import { NodemendError } from '../errors/nodemend-error.ts';
import type { KubernetesApi } from '../kubernetes/api.ts';
import { acquireLease } from '../kubernetes/lease.ts';
import { caught } from '../kubernetes/testing/caught.ts';
import { FakeLeases, steppedTiming } from '../kubernetes/testing/fake-leases.ts';
import { forceUnlock, type HeldByNobody } from './force-unlock.ts';
import { parseJournal } from './journal/entry.ts';

const run = '20261124-0931-container-logs-7f3a';
const lease = { namespace: 'nodemend', name: 'nodemend-run' };

/** A cluster whose lease names a run that nobody has a record of. */
function held() {
  const { timing } = steppedTiming();
  const leases = new FakeLeases();
  leases.put({ holderIdentity: run, leaseDurationSeconds: 900, renewTime: '2026-01-02T03:00:00.000000Z' });
  leases.writtenAt = new Date(timing.now() - 65_000).toISOString();
  const asked: HeldByNobody[] = [];
  const isLease = (path: string): boolean => path.includes('/leases/');
  const api = {
    ...leases.api,
    canI: (accesses: readonly unknown[]) => Promise.resolve(accesses.map(() => true)),
    get: (path: string, project: never) =>
      isLease(path) ? leases.api.get(path, project) : Promise.reject(new NodemendError('API_NOT_FOUND', { path })),
  } as unknown as KubernetesApi;
  const request = {
    api,
    lease,
    run,
    timing,
    journal: { read: () => Promise.resolve(undefined) },
    signal: new AbortController().signal,
    approve: (state: HeldByNobody) => {
      asked.push(state);
      return Promise.resolve();
    },
  };
  return { leases, timing, request, asked };
}

test('a person is told how long ago it was written, and then it is free for the next run', async () => {
  const { leases, timing, request, asked } = held();
  const next = { ...lease, holder: 'next', durationSeconds: 900, waitSeconds: 0, timing };
  expect(await caught(acquireLease(leases.api, next))).toMatchObject({ code: 'LEASE_HELD' });

  expect(await forceUnlock(request)).toEqual({ lease: 'nodemend/nodemend-run' });

  expect(asked).toEqual([
    {
      lease: 'nodemend/nodemend-run',
      renewTime: '2026-01-02T03:00:00.000000Z',
      unwrittenSeconds: 65,
      renewedEverySeconds: 300,
    },
  ]);
  const taken = await acquireLease(leases.api, next);
  await taken.release();
});

test('who says no leaves it as it is', async () => {
  const { leases, request } = held();
  const no = new NodemendError('LEASE_NEEDS_PERSON', { lease: 'nodemend/nodemend-run', run });
  expect(await caught(forceUnlock({ ...request, approve: () => Promise.reject(no) }))).toBe(no);
  expect(leases.spec()).toMatchObject({ holderIdentity: run });
});

test('a run that is at work after all renews it while the question stands: nothing is taken', async () => {
  const { leases, request } = held();
  const approve = (): Promise<void> => Promise.resolve(leases.put({ ...leases.spec() }));
  expect(await caught(forceUnlock({ ...request, approve }))).toMatchObject({ code: 'LEASE_RENEWED' });
  expect(leases.spec()).toMatchObject({ holderIdentity: run });
});

test('a run that is known is not forced: it is resumed or undone', async () => {
  const { leases, request } = held();
  const text = parseJournal('something that was torn\nand something behind it\n', run);
  const journal = { read: () => Promise.resolve(text) };
  expect(await caught(forceUnlock({ ...request, journal }))).toMatchObject({ code: 'LEASE_RUN_KNOWN' });
  expect(leases.spec()).toMatchObject({ holderIdentity: run });
});

test.each([
  ['of another run', (leases: FakeLeases) => leases.put({ holderIdentity: 'other' }), 'other'],
  ['that nobody holds', (leases: FakeLeases) => leases.put({}), '-'],
  ['that is not there', (leases: FakeLeases) => leases.delete(), '-'],
])('a lease %s is left alone', async (_whose, prepare, holder) => {
  const { leases, request } = held();
  prepare(leases);
  expect(await caught(forceUnlock(request))).toMatchObject({ code: 'LEASE_NOT_OF_RUN', params: { holder } });
});
