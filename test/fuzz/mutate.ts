import type { Random } from './random.ts';

/** What parsers stumble over, in the languages that are parsed here. */
const words = [
  '',
  '\0',
  '\n',
  '\r\n',
  '\t',
  ' ',
  '"',
  "'",
  '\\',
  '\\"',
  '{',
  '}',
  '[',
  ']',
  '<<',
  '>-',
  '|',
  '#',
  '&a',
  '*a',
  '!!',
  '---\n',
  '...\n',
  ':',
  '=',
  ',',
  '.',
  '/',
  '../',
  '~',
  '*',
  '-1',
  '0',
  '1e999',
  '9007199254740993',
  '99999999999999999999',
  '0x',
  'NaN',
  'null',
  'true',
  '__proto__',
  'constructor',
  'toString',
  '\ufeff',
  '\u2028',
  '\u202e',
  '\ud800',
  '가',
  'include /etc/logrotate.d\n',
  'postrotate\n',
  'endscript\n',
  '[a]\n',
  '[[a]]\n',
  'a.b = 1\n',
  '@cert-authority ',
  '@revoked ',
  '|1|',
  '[host]:22',
  '* * * * * ',
  '@reboot ',
  'Bearer realm="',
  'HTTP/1.1 429 \n',
  '"items":[',
  '{"a":',
  'truncated',
  'sha256:',
  'docker.io/',
  '***',
];

/** Structure-aware where the text has one: a line, a member of JSON, a number; else bytes. Mostly one to four changes. */
export function mutate(seeds: readonly Buffer[], random: Random): Buffer {
  let bytes = random.pick(seeds);
  const changes = 1 + random.below(4);
  for (let change = 0; change < changes; change += 1) bytes = random.pick(mutators)(bytes, random, seeds);
  return bytes.subarray(0, mostBytes);
}

/** Larger inputs find nothing that these do not, slower. */
const mostBytes = 256 * 1024;

type Mutator = (bytes: Buffer, random: Random, seeds: readonly Buffer[]) => Buffer;

const mutators: readonly Mutator[] = [
  // One byte is another.
  (bytes, random) => spliced(bytes, random.below(bytes.length + 1), 1, Buffer.from([random.below(256)])),
  (bytes, random) => spliced(bytes, random.below(bytes.length + 1), random.below(4), Buffer.from(random.pick(words))),
  (bytes, random) => spliced(bytes, random.below(bytes.length + 1), random.below(64), Buffer.alloc(0)),
  // Cut off.
  (bytes, random) => bytes.subarray(0, random.below(bytes.length + 1)),
  // A piece many times over, which is what quadratic time needs.
  (bytes, random) => {
    const at = random.below(bytes.length + 1);
    const piece = bytes.subarray(at, at + 1 + random.below(24));
    const times = random.pick([2, 3, 100, 5_000]);
    return spliced(bytes, at, 0, Buffer.concat(Array.from({ length: times }, () => piece)));
  },
  // The beginning of one, the end of another.
  (bytes, random, seeds) => {
    const other = random.pick(seeds);
    return Buffer.concat([
      bytes.subarray(0, random.below(bytes.length + 1)),
      other.subarray(random.below(other.length + 1)),
    ]);
  },
  lines((list, random) => list.toSpliced(random.below(list.length), 1 + random.below(3))),
  lines((list, random) => list.toSpliced(random.below(list.length), 0, random.pick(list))),
  lines((list, random) => {
    const [from, to] = [random.below(list.length), random.below(list.length)];
    return list.with(from, list[to] ?? '').with(to, list[from] ?? '');
  }),
  (bytes, random) => {
    const text = bytes.toString('latin1');
    const numbers = [...text.matchAll(/\d+/g)];
    if (numbers.length === 0) return bytes;
    const { index, 0: number } = random.pick(numbers);
    const other = random.pick(['0', '-1', '1', '4294967296', '9007199254740993', '1e400', '08', `${number}0000`]);
    return Buffer.from(text.slice(0, index) + other + text.slice(index + number.length), 'latin1');
  },
  json,
  json,
];

function spliced(bytes: Buffer, at: number, without: number, by: Buffer): Buffer {
  return Buffer.concat([bytes.subarray(0, at), by, bytes.subarray(at + without)]);
}

function lines(change: (list: readonly string[], random: Random) => readonly string[]): Mutator {
  return (bytes, random) => {
    const list = bytes.toString('latin1').split('\n');
    return Buffer.from(change(list, random).join('\n'), 'latin1');
  };
}

const values: readonly unknown[] = [
  null,
  true,
  0,
  -1,
  1e300,
  '',
  'x',
  '***',
  '../../etc',
  [],
  [[]],
  {},
  { a: 1 },
  '가\u202e',
];

/** One member of a JSON document is gone, doubled, or of another type; what is no JSON stays as it is. */
function json(bytes: Buffer, random: Random): Buffer {
  let root: unknown;
  try {
    root = JSON.parse(bytes.toString('utf8'));
  } catch {
    return bytes;
  }
  const places = membersOf(root);
  if (places.length === 0) return bytes;
  const { holder, key } = random.pick(places);
  const [how, other] = [random.below(3), random.pick(places)];
  if (how === 0) delete holder[key];
  else holder[key] = how === 1 ? random.pick(values) : structuredClone(other.holder[other.key]);
  return Buffer.from(JSON.stringify(root));
}

interface Member {
  readonly holder: Record<string, unknown>;
  readonly key: string;
}

function membersOf(root: unknown): readonly Member[] {
  if (typeof root !== 'object' || root === null) return [];
  const holder = root as Record<string, unknown>;
  return Object.keys(holder).flatMap((key) => [{ holder, key }, ...membersOf(holder[key])]);
}
