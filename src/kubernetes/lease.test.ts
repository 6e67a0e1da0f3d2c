import { describe, expect, test } from 'vitest';
import type { JsonObject, KubernetesApi } from './api.ts';
import { elapsedMs, momentOf } from './elapsed.ts';
import { acquireLease, type LeaseOptions, type LeaseTakeover } from './lease.ts';
import { caught } from './testing/caught.ts';
import { fixedTiming } from './testing/fixed-timing.ts';
import { FakeLeases, steppedTiming, type SteppedTiming } from './testing/fake-leases.ts';
import { replay } from './testing/replay.ts';
import { systemTiming } from './timing.ts';

const raw = (object: JsonObject) => object;
const recorded = (holder: string): LeaseOptions => ({
  namespace: 'locks',
  name: 'rollout',
  holder,
  durationSeconds: 900,
  waitSeconds: 0,
  timing: fixedTiming,
});

describe('against a recorded kube-apiserver', () => {
  test('one run holds it, the other is told who; released, the other has it', async () => {
    const api = (await replay('lease'))('admin');
    const first = await acquireLease(api, recorded('run-a'));
    first.assertHeld();
    expect(await caught(acquireLease(api, recorded('run-b')))).toMatchObject({
      code: 'LEASE_HELD',
      params: { lease: 'locks/rollout', holder: 'run-a', renewTime: '2026-01-02T03:04:05.678000Z', seconds: 1800 },
    });
    await first.release();
    const second = await acquireLease(api, recorded('run-b'));
    await second.release();
  });

  test('a write with a version that is no longer current is refused', async () => {
    const api = (await replay('lease-conflict'))('admin');
    const path = '/apis/coordination.k8s.io/v1/namespaces/races/leases';
    const body = {
      apiVersion: 'coordination.k8s.io/v1',
      kind: 'Lease',
      metadata: { name: 'rollout' },
      spec: { holderIdentity: 'run-a', leaseDurationSeconds: 900 },
    };
    const created = await api.create(path, body, raw);
    expect(await caught(api.create(path, body, raw))).toMatchObject({ code: 'API_CONFLICT' });
    await api.replace(
      `${path}/rollout`,
      { ...created, spec: { holderIdentity: 'run-b', leaseDurationSeconds: 900 } },
      raw,
    );
    const late = api.replace(
      `${path}/rollout`,
      { ...created, spec: { holderIdentity: 'run-c', leaseDurationSeconds: 900 } },
      raw,
    );
    expect(await caught(late)).toMatchObject({ code: 'API_CONFLICT', params: { path: `${path}/rollout` } });
  });
});

/** Fifteen seconds of lease, on a clock that only the test moves. */
function setUp() {
  const clock = steppedTiming();
  const leases = new FakeLeases();
  const acquire = (holder: string, more: Partial<LeaseOptions> = {}, api: KubernetesApi = leases.api) =>
    acquireLease(api, {
      namespace: 'n',
      name: 'l',
      holder,
      durationSeconds: 15,
      waitSeconds: 0,
      timing: clock.timing,
      ...more,
    });
  return { clock, leases, acquire };
}

describe('against leases in memory, a fake with the server’s rule of versions', () => {
  test('a dead holder’s lease is taken after one whole duration of watching, however old it looks', async () => {
    const { clock, leases, acquire } = setUp();
    leases.put({
      holderIdentity: 'dead',
      leaseDurationSeconds: 15,
      renewTime: '2001-01-01T00:00:00.000000Z',
      leaseTransitions: 4,
    });
    expect(await caught(acquire('me'))).toMatchObject({ code: 'LEASE_HELD' });
    const takeovers: LeaseTakeover[] = [];
    const startedAt = clock.nowMs();
    const held = await clock.run(
      acquire('me', { waitSeconds: 60, onTakeover: (takeover) => takeovers.push(takeover) }),
    );
    expect(clock.nowMs() - startedAt).toBeGreaterThanOrEqual(15_000);
    expect(takeovers).toEqual([{ from: 'dead', renewTime: '2001-01-01T00:00:00.000000Z', unchangedSeconds: 16 }]);
    expect(leases.spec()).toMatchObject({ holderIdentity: 'me', leaseTransitions: 5 });
    await held.release();
    expect(leases.spec()).not.toHaveProperty('holderIdentity');
  });

  test('without watching, it is taken when the server’s own clock says that nobody wrote it for twice its duration', async () => {
    const { clock, leases, acquire } = setUp();
    // The holder's clock and ours say something else, both ways: they are not asked.
    leases.put({ holderIdentity: 'dead', leaseDurationSeconds: 15, renewTime: '2099-01-01T00:00:00.000000Z' });
    leases.skewMs = 600_000;
    const serverNow = clock.timing.now() + leases.skewMs;
    leases.writtenAt = new Date(serverNow - 29_000).toISOString();
    expect(await caught(acquire('me'))).toMatchObject({ code: 'LEASE_HELD' });
    leases.writtenAt = new Date(serverNow - 31_000).toISOString();
    const takeovers: LeaseTakeover[] = [];
    const held = await acquire('me', { onTakeover: (takeover) => takeovers.push(takeover) });
    expect(takeovers).toEqual([{ from: 'dead', renewTime: '2099-01-01T00:00:00.000000Z', unchangedSeconds: 31 }]);
    await held.release();
  });

  test('a holder that renews is never overtaken, also when its clock stands still', async () => {
    const { clock, leases, acquire } = setUp();
    leases.put({ holderIdentity: 'alive', leaseDurationSeconds: 15, renewTime: '2001-01-01T00:00:00.000000Z' });
    clock.every(10_000, () => leases.put({ ...leases.spec() }));
    expect(await caught(clock.run(acquire('me', { waitSeconds: 60 })))).toMatchObject({
      code: 'LEASE_HELD',
      params: { holder: 'alive' },
    });
  });

  test('is renewed in time for as long as it is held', async () => {
    const { clock, leases, acquire } = setUp();
    const held = await acquire('me');
    for (let step = 0; step < 20; step++) {
      await clock.step(3_000);
      held.assertHeld();
    }
    expect(leases.writes).toBeGreaterThanOrEqual(10);
    await held.release();
  });

  test('is lost when it cannot be renewed for two thirds of its duration, before anybody else may take it', async () => {
    const { clock, leases, acquire } = setUp();
    const held = await acquire('me');
    leases.broken = true;
    await clock.step(5_000);
    await clock.step(2_000);
    held.assertHeld();
    await clock.step(2_500);
    await clock.step(2_500);
    expect(held.lost.aborted).toBe(true);
    expect(await caught(() => held.assertHeld())).toMatchObject({ code: 'LEASE_LOST', params: { lease: 'n/l' } });
    await held.release();
  });

  test('a machine that slept finds its lease overdue at once', async () => {
    const { clock, acquire } = setUp();
    const held = await acquire('me');
    clock.jump(60_000);
    expect(await caught(() => held.assertHeld())).toMatchObject({ code: 'LEASE_LOST' });
    await held.release();
  });

  test.each([
    ['suspended: its monotonic clock stood still', (clock: SteppedTiming) => clock.suspend(11_000)],
    ['paused by its hypervisor: only the date tells', (clock: SteppedTiming) => clock.pause(11_000)],
    [
      'suspended, with a date that was set back since',
      (clock: SteppedTiming) => {
        clock.suspend(11_000);
        clock.pause(-3_600_000);
      },
    ],
  ])('a machine that was %s finds its lease overdue before the next change', async (_how, stand) => {
    const { clock, acquire } = setUp();
    const held = await acquire('me');
    stand(clock);
    expect(await caught(() => held.assertHeld())).toMatchObject({ code: 'LEASE_LOST' });
    await held.release();
  });

  test('a nap, and a date that is set back, end nothing', async () => {
    const { clock, acquire } = setUp();
    const held = await acquire('me');
    clock.suspend(4_000);
    clock.pause(-86_400_000);
    held.assertHeld();
    await held.release();
  });

  test('the system’s clock since boot goes on with the others', () => {
    const mark = momentOf(systemTiming);
    expect(mark.sinceBootMs).toBeGreaterThan(0);
    expect(elapsedMs(systemTiming, mark)).toBeLessThan(1_500);
  });

  test('is lost when somebody took, released or deleted it, and then left alone', async () => {
    const endings: readonly (readonly [(leases: FakeLeases) => void, RegExp])[] = [
      [(leases) => leases.put({ ...leases.spec(), holderIdentity: 'thief' }), /thief took it over/],
      [(leases) => leases.put({ leaseDurationSeconds: 15 }), /somebody else released it/],
      [(leases) => leases.delete(), /deleted/],
    ];
    for (const [end, problem] of endings) {
      const { clock, leases, acquire } = setUp();
      const held = await acquire('me');
      end(leases);
      const { writes } = leases;
      await clock.step(5_000);
      expect(await caught(() => held.assertHeld())).toMatchObject({
        code: 'LEASE_LOST',
        params: { problem: expect.stringMatching(problem) },
      });
      await held.release();
      expect(leases.writes).toBe(writes);
    }
  });

  test('given back to a server that is away for a while; one that stays away is told', async () => {
    const { clock, leases, acquire } = setUp();
    const held = await acquire('me');
    leases.broken = true;
    const released = held.release();
    for (let second = 0; second < 10; second++) await clock.step(1_000);
    leases.broken = false;
    await clock.run(released);
    expect(leases.spec()).not.toHaveProperty('holderIdentity');

    const again = await acquire('me');
    leases.broken = true;
    const startedAt = clock.nowMs();
    expect(await caught(clock.run(again.release()))).toMatchObject({ code: 'API_REFUSED' });
    expect(clock.nowMs() - startedAt).toBeLessThan(40_000);
    expect(leases.spec()).toMatchObject({ holderIdentity: 'me' });
  });

  test('a label that somebody adds does not end it, and stays', async () => {
    const { clock, leases, acquire } = setUp();
    const held = await acquire('me');
    leases.label('team', 'blue');
    for (let step = 0; step < 6; step++) await clock.step(3_000);
    held.assertHeld();
    await held.release();
    expect(leases.labels()).toEqual({ team: 'blue' });
    expect(leases.spec()).not.toHaveProperty('holderIdentity');
  });

  test('two that start at once: exactly one gets it, created or free', async () => {
    for (const prepare of [() => undefined, (leases: FakeLeases) => leases.put({ leaseDurationSeconds: 15 })]) {
      const { leases, acquire } = setUp();
      prepare(leases);
      const results = await Promise.allSettled([acquire('a'), acquire('b'), acquire('c')]);
      const winners = results.filter((result) => result.status === 'fulfilled').map(({ value }) => value);
      expect(winners.map(({ holder }) => holder)).toEqual([leases.spec()?.['holderIdentity']]);
      await Promise.all(winners.map((held) => held.release()));
    }
  });

  test('the same run takes its own lease up again without waiting', async () => {
    const { leases, acquire } = setUp();
    leases.put({ holderIdentity: 'run-7', leaseDurationSeconds: 15, leaseTransitions: 2 });
    const held = await acquire('run-7');
    expect(leases.spec()).toMatchObject({ holderIdentity: 'run-7', leaseTransitions: 2 });
    await held.release();
  });

  describe('an answer that is lost', () => {
    const endings: readonly (readonly [string, (leases: FakeLeases) => void])[] = [
      ['that made it', () => undefined],
      ['that took a free one', (leases) => leases.put({ leaseDurationSeconds: 15 })],
    ];

    test.each(endings)('to the write %s: it is read again, and held', async (_how, prepare) => {
      const { clock, leases, acquire } = setUp();
      prepare(leases);
      leases.loseAnswers = 1;
      const held = await clock.run(acquire('me'));
      held.assertHeld();
      expect(leases.spec()).toMatchObject({ holderIdentity: 'me' });
      await held.release();
      expect(leases.spec()).not.toHaveProperty('holderIdentity');
    });

    test.each(endings)(
      'to the write %s, sent once more by whoever stands between: it is not a conflict',
      async (_how, prepare) => {
        const { clock, leases, acquire } = setUp();
        prepare(leases);
        leases.repeatWrites = 1;
        const held = await clock.run(acquire('me'));
        expect(leases.spec()).toMatchObject({ holderIdentity: 'me' });
        await held.release();
      },
    );

    test('and Ctrl-C meanwhile: it is given back', async () => {
      const { clock, leases, acquire } = setUp();
      leases.put({ leaseDurationSeconds: 15 });
      const stop = new AbortController();
      leases.onAnswerLost = () => stop.abort(new Error('Ctrl-C'));
      leases.loseAnswers = 1;
      await expect(clock.run(acquire('me', { signal: stop.signal }))).rejects.toThrow();
      expect(leases.spec()).not.toHaveProperty('holderIdentity');
    });

    test('while somebody else was faster: it is theirs', async () => {
      const { clock, leases, acquire } = setUp();
      leases.put({ leaseDurationSeconds: 15 });
      leases.onAnswerLost = () => leases.put({ holderIdentity: 'other', leaseDurationSeconds: 15 });
      leases.loseAnswers = 1;
      expect(await caught(clock.run(acquire('me')))).toMatchObject({ code: 'API_CONNECTION_CUT' });
      expect(leases.spec()).toMatchObject({ holderIdentity: 'other' });
    });
  });

  test('the caller’s signal ends the waiting', async () => {
    const { clock, leases, acquire } = setUp();
    leases.put({ holderIdentity: 'other', leaseDurationSeconds: 15 });
    const stop = new AbortController();
    const waiting = acquire('me', { waitSeconds: 60, signal: stop.signal });
    const ended = expect(waiting).rejects.toThrow('Ctrl-C');
    await clock.step(1_000);
    stop.abort(new Error('Ctrl-C'));
    await ended;
  });
});
