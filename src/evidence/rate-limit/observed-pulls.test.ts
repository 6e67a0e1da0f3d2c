import fc from 'fast-check';
import { expect, test } from 'vitest';
import type { JsonObject } from '../../kubernetes/api.ts';
import { projectPulledEvent, type PulledEvent } from './pulled-event.ts';
import { observedPulls } from './observed-pulls.ts';

const time = (clock: string): string => `2026-11-26T${clock}:00Z`;
const at = (clock: string): number => Date.parse(time(clock));

function event(message: string, more: JsonObject = {}): PulledEvent {
  const usual = {
    involvedObject: { kind: 'Pod', namespace: 'web', name: 'app-1' },
    source: { component: 'kubelet', host: 'worker-1' },
    reason: 'Pulled',
    message,
    firstTimestamp: time('10:00'),
    lastTimestamp: time('10:00'),
    count: 1,
  };
  return projectPulledEvent({ ...usual, ...more }, 'docker.io');
}

const pulled = (image: string): string =>
  `Successfully pulled image "${image}" in 1.2s (3s including waiting). Image size: 77 bytes.`;

test.each([
  ['kubelet 1.34', pulled('nginx'), 'docker.io/library/nginx:latest'],
  ['kubelet 1.17', 'Successfully pulled image "grafana/grafana:7.1.0"', 'docker.io/grafana/grafana:7.1.0'],
  ['by digest', pulled(`nginx:1@sha256:${'a'.repeat(64)}`), `docker.io/library/nginx:1@sha256:${'a'.repeat(64)}`],
  ['several as one', `(combined from similar events): ${pulled('nginx:1')}`, 'docker.io/library/nginx:1'],
  ['there already', 'Container image "nginx:1" already present on machine', undefined],
  [
    'there already, since 1.35',
    'Container image "nginx:1" already present on machine and can be accessed by the pod',
    undefined,
  ],
  ['of another registry', pulled('ghcr.io/a/b:1'), undefined],
  ['a registry of that name', pulled('docker.io.example.com/a/b'), undefined],
  ['no reference', pulled('A B'), undefined],
  ['no words', '', undefined],
])('%s', (_name, message, image) => {
  expect(event(message).pull?.image).toBe(image);
});

test('how often, where and when, in both ways to write an event', () => {
  const pull = { namespace: 'web', pod: 'app-1', node: 'worker-1', image: 'docker.io/library/nginx:1' };

  expect(event(pulled('nginx:1'), { count: 4, firstTimestamp: time('09:00') })).toEqual({
    first: at('09:00'),
    last: at('10:00'),
    pull: { ...pull, times: 4 },
  });
  expect(
    event(pulled('nginx:1'), {
      source: {},
      reportingInstance: 'worker-1',
      count: null,
      firstTimestamp: null,
      lastTimestamp: null,
      eventTime: time('09:30'),
      series: { count: 3, lastObservedTime: time('09:50') },
    }),
  ).toEqual({
    first: at('09:30'),
    last: at('09:50'),
    pull: { ...pull, times: 3 },
  });
});

test('the window begins with what is longest unheard of, not with what is told again and again since days', () => {
  const seen = observedPulls(
    [
      event('Container image "a" already present on machine', {
        count: 900,
        firstTimestamp: '2026-11-20T00:00:00Z',
        lastTimestamp: time('10:30'),
      }),
      event('Container image "b" already present on machine', {
        firstTimestamp: time('09:40'),
        lastTimestamp: time('09:40'),
      }),
      event(pulled('nginx:1')),
    ],
    at('10:40'),
  );

  expect(seen).toMatchObject({ since: at('09:40'), until: at('10:40'), pulls: [{ times: 1 }] });
});

test('of what was told since before the window, the part within it counts', () => {
  const old = event(pulled('nginx:1'), { count: 30, firstTimestamp: time('08:00'), lastTimestamp: time('11:00') });

  expect(
    observedPulls([old, event('', { lastTimestamp: time('10:00') })], at('11:00')).pulls.map(({ times }) => times),
  ).toEqual([10]);
});

test('no event is not a window', () => {
  expect(observedPulls([], 5)).toEqual({ pulls: [], since: undefined, until: 5 });
  expect(observedPulls([event(pulled('a'), { firstTimestamp: 'soon', lastTimestamp: null })], 5).since).toBeUndefined();
});

test('whatever an event holds, nothing throws and no pull is counted less than once or more than it was told', () => {
  const junk = fc.oneof(
    fc.constant(null),
    fc.string(),
    fc.integer(),
    fc.constant({}),
    fc.constant(time('10:00')),
    fc
      .date({ noInvalidDate: true, min: new Date('2026-11-01'), max: new Date('2026-12-01') })
      .map((date) => date.toISOString()),
  );
  const anything = fc.record({
    firstTimestamp: junk,
    lastTimestamp: junk,
    eventTime: junk,
    count: junk,
    series: junk,
    source: junk,
    involvedObject: junk,
    message: fc.constantFrom(pulled('nginx'), pulled('ghcr.io/a/b'), '', 'Successfully pulled image "'),
  });
  fc.assert(
    fc.property(fc.array(anything), (raws) => {
      const events = raws.map((raw) => projectPulledEvent(raw, 'docker.io'));
      const { pulls, since, until } = observedPulls(events, at('10:00'));
      const told = events.flatMap(({ pull }) => pull ?? []);
      expect(pulls.length).toBe(told.length);
      expect(since === undefined || since <= until).toBe(true);
      expect(pulls.every(({ times }, index) => times >= 1 && times <= (told[index]?.times ?? 0))).toBe(true);
    }),
  );
});
