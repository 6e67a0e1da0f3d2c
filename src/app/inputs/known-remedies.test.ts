import { expect, test } from 'vitest';
import { problems } from '../../problems/testing/all-problems.ts';
import type { Problem } from '../../problems/problem.ts';
import { knownRemedies } from './known-remedies.ts';

const [model] = problems as readonly [Problem];
const withTwo: Problem = { ...model, meta: { ...model.meta, remedies: ['daemon-log-opts', 'free-room'] } };

test('remedies are named one by one or with commas', () => {
  expect(knownRemedies(['free-room', ' daemon-log-opts'], [withTwo], 'plan')).toEqual(
    new Set(['free-room', 'daemon-log-opts']),
  );
  expect(knownRemedies(['free-room,daemon-log-opts'], [withTwo], 'plan').size).toBe(2);
  expect(knownRemedies(undefined, [withTwo], 'plan').size).toBe(0);
});

test.each([
  ['free-rom', 'remedyNear'],
  ['reboot-everything', 'remedy'],
])('%s is refused before anything is read', (id, context) => {
  expect(() => knownRemedies([id], [withTwo], 'plan')).toThrow(
    expect.objectContaining({ code: 'USAGE', params: expect.objectContaining({ context, value: id }) as unknown }),
  );
});
