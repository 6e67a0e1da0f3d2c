import { expect, test } from 'vitest';
import { actionSchema, storedActionSchema } from '../action-kinds.ts';
import { somePin } from './testing/some-pin.ts';

test('a pin is taken from a plan and from a record as it is', () => {
  expect(actionSchema.parse(somePin())).toEqual(somePin());
  expect(storedActionSchema.parse(somePin())).toEqual(somePin());
});

const [record] = somePin().records;

test.each([
  'docker.io/library/busybox:latest',
  'registry.example.com:5000/team/app_1.b-c:v1.2.3',
  `registry.k8s.io/pause@sha256:${'a'.repeat(64)}`,
  `sha256:${'0'.repeat(64)}`,
])('%s is a record', (name) => {
  expect(actionSchema.safeParse(somePin({ records: [{ ...record, name } as never] })).success).toBe(true);
});

// It is an argument of ctr, and stands in a filter: no option, no second filter, no shell's own.
test.each(['', '-q', '--all', 'a b', 'a,b', 'a"b', 'a==b', 'a|b', 'a\nb', '$(a)', 'a;b', 'a'.repeat(502)])(
  '%j is none',
  (name) => {
    expect(actionSchema.safeParse(somePin({ records: [{ ...record, name } as never] })).success).toBe(false);
  },
);

test.each<[string, object]>([
  ['no record', { records: [] }],
  ['a record twice', { records: [record, record] }],
  ['a label that is two', { records: [{ ...record, pinned: 'a,b=c' }] }],
  ['a digest that is none', { records: [{ ...record, digest: 'sha256:abc' }] }],
  ['another socket', { socket: '/tmp/evil.sock' }],
  ['another operation', { operation: 'remove' }],
  ['what nodemend does not know', { force: true }],
])('%s is refused', (_, change) => {
  expect(actionSchema.safeParse({ ...somePin(), ...change }).success).toBe(false);
});
