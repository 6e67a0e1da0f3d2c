import { expect, test } from 'vitest';
import { problems } from '../../problems/testing/all-problems.ts';
import { remedyInputs } from '../../problems/inputs.ts';
import type { Problem } from '../../problems/problem.ts';
import { knownRemedies } from './known-remedies.ts';

const [model] = problems as readonly [Problem];
const withTwo: Problem = { ...model, meta: { ...model.meta, remedies: ['daemon-log-opts', 'free-room'] } };

test('remedies are named one by one or with commas', () => {
  expect(knownRemedies({ remedy: ['free-room', ' daemon-log-opts'] }, [withTwo], 'plan')).toEqual(
    new Set(['free-room', 'daemon-log-opts']),
  );
  expect(knownRemedies({ remedy: ['free-room,daemon-log-opts'] }, [withTwo], 'plan').size).toBe(2);
  expect(knownRemedies({}, [withTwo], 'plan').size).toBe(0);
});

test('an input that names its remedy does so for the problem that is asked for', () => {
  const inputs = {
    'free-room': remedyInputs({
      options: { now: { kind: 'flag', namesRemedy: true }, most: { kind: 'value' } },
      read: () => 1,
    }),
  };
  const declared = [{ problem: model.meta.id, inputs, help: (): string => '' }];
  const named = (name: string, asked: readonly Problem[]): readonly string[] => [
    ...knownRemedies({ declared, typed: new Map([[name, true as const]]) }, asked, 'plan'),
  ];

  expect(named('now', [withTwo])).toEqual(['free-room']);
  expect(named('most', [withTwo])).toEqual([]);
  expect(named('now', [{ ...withTwo, meta: { ...withTwo.meta, id: 'other' } }])).toEqual([]);
});

test.each([
  ['free-rom', 'remedyNear'],
  ['reboot-everything', 'remedy'],
])('%s is refused before anything is read', (id, context) => {
  expect(() => knownRemedies({ remedy: [id] }, [withTwo], 'plan')).toThrow(
    expect.objectContaining({ code: 'USAGE', params: expect.objectContaining({ context, value: id }) as unknown }),
  );
});
