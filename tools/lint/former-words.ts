/** Words that gave way to the field's own (ARCHITECTURE.md, Words), and what is said instead. */
const former: Readonly<Record<string, string>> = {
  aim: 'target',
  aims: 'targets',
  birth: 'bootstrap',
  keeper: 'writer, or manager',
  rhythm: 'interval',
  scene: 'fixture, or context',
  scenes: 'fixtures',
  seen: 'observed',
  stories: 'summaries',
  story: 'summary',
  unseen: 'unobserved',
  world: 'dependencies, cluster, or fixture',
  worlds: 'fixtures',
};

/** Of a variable they are plain English: `seen` is what a loop has met already. */
const plain = new Set(['seen', 'unseen']);

/** The first former word in a name, with what is said instead: of `RunWorld`, `runWorld`, `run-world`. */
export function formerWord(name: string, what: 'variable' | 'other'): readonly [string, string] | undefined {
  if (/tak(?:e|en|es)-?back/i.test(name)) return ['take back', 'undo, or restore'];
  const words = name.match(/[A-Z]?[a-z]+|[A-Z]+(?![a-z])/g) ?? [];
  const word = words
    .map((one) => one.toLowerCase())
    .find((one) => Object.hasOwn(former, one) && !(what === 'variable' && plain.has(one)));
  return word === undefined ? undefined : [word, former[word] ?? ''];
}
