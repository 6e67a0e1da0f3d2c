import { expect, test } from 'vitest';
import type { EgressGroup } from './quota.ts';
import { groupPulls } from './group-pulls.ts';
import type { Pull } from '../../evidence/rate-limit/pulled-event.ts';

const hour = 3_600_000;
const hub = { namespace: 'web', secret: 'hub' };
const group = (remaining: number, nodes: readonly string[], more: Partial<EgressGroup> = {}): EgressGroup => ({
  source: '203.0.113.7',
  sourceKind: 'address',
  limit: 100,
  remaining,
  windowSeconds: 21_600,
  nodes,
  here: false,
  secrets: [],
  ...more,
});
const pull = (node: string, image: string, times = 1, namespace = 'web'): Pull => ({
  namespace,
  pod: 'app',
  node,
  image,
  times,
});
const seen = (pulls: readonly Pull[], hours = 1) => ({ pulls, since: 0, until: hours * hour });

test('pulls count for the address of their node, and the forecast is for what is left of it', () => {
  const { groups, elsewhere, all } = groupPulls(
    [group(3, ['a', 'b']), group(91, ['c'])],
    seen([pull('a', 'x', 4), pull('b', 'x', 5), pull('b', 'y'), pull('c', 'x', 2), pull('new', 'x')], 0.5),
  );

  expect(groups).toEqual([
    { pulls: 10, distinct: 3, perHour: 20, needed: 120, exhaustedInSeconds: 540 },
    { pulls: 2, distinct: 1, perHour: 4, needed: 24, exhaustedInSeconds: undefined },
  ]);
  expect(elsewhere).toEqual({
    pulls: 1,
    distinct: 1,
    perHour: 2,
    needed: undefined,
    exhaustedInSeconds: undefined,
    nodes: ['new'],
  });
  expect(all).toMatchObject({ pulls: 13, distinct: 5, perHour: 26, needed: 156 });
});

test('a pull with a login counts for its account, and not for the address', () => {
  const { groups } = groupPulls(
    [group(50, ['a']), group(150, [], { secrets: [hub] })],
    seen([pull('a', 'x', 2), pull('a', 'x', 7, 'ops')]),
    ({ namespace }) => (namespace === 'web' ? hub : undefined),
  );

  expect(groups.map((pace) => pace?.pulls)).toEqual([7, 2]);
});

test('the account of a login that could not be asked is taken for the address', () => {
  expect(groupPulls([group(50, ['a'])], seen([pull('a', 'x')]), () => hub).groups.map((pace) => pace?.pulls)).toEqual([
    1,
  ]);
});

test('a window of minutes says nothing of an hour, and no event nothing at all', () => {
  expect(groupPulls([group(3, ['a'])], seen([pull('a', 'x', 40)], 0.1)).groups).toEqual([
    { pulls: 40, distinct: 1, perHour: undefined, needed: undefined, exhaustedInSeconds: undefined },
  ]);
  expect(groupPulls([group(3, ['a'])], { pulls: [], until: hour }).groups[0]).toMatchObject({
    pulls: 0,
    perHour: undefined,
  });
});

test.each([
  ['what lasts longer than the window', 100, 16, undefined],
  ['what just does not', 95, 16, 21_375],
  ['none left', 0, 1, 0],
  ['less than none', -3, 1, 0],
  ['nothing pulled', 3, 0, undefined],
  ['none left, and nothing pulled', 0, 0, 0],
])('%s', (_name, remaining, times, seconds) => {
  expect(
    groupPulls([group(remaining, ['a'])], seen(times === 0 ? [] : [pull('a', 'x', times)])).groups[0]
      ?.exhaustedInSeconds,
  ).toBe(seconds);
});

test('without numbers of the registry there is a pace and no forecast', () => {
  expect(
    groupPulls([group(0, ['a'], { remaining: undefined, windowSeconds: undefined })], seen([pull('a', 'x')])).groups,
  ).toEqual([{ pulls: 1, distinct: 1, perHour: 1, needed: undefined, exhaustedInSeconds: undefined }]);
});

test('what this machine pulls is not seen in events', () => {
  expect(
    groupPulls([group(3, [], { here: true }), group(3, ['a'], { here: true })], seen([pull('a', 'x')])).groups,
  ).toMatchObject([undefined, { pulls: 1 }]);
});
