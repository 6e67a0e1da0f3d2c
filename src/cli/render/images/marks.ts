import type { ListedEntry } from '../../../app/documents/images/document.ts';
import type { Tone } from '../paint.ts';

/** One sign of a cell; its words are `images.mark.<name>`. */
interface Mark {
  readonly name: string;
  readonly sign: string;
}

const contents = {
  whole: '+',
  'without-layers': '~',
  half: '%',
  'other-platform': 'x',
  absent: '-',
  unknown: '?',
} as const satisfies Readonly<Record<ListedEntry['content'], string>>;

const tones: Readonly<Record<ListedEntry['content'], Tone>> = {
  whole: 'ok',
  'without-layers': 'ok',
  half: 'fail',
  'other-platform': 'fail',
  absent: 'fail',
  unknown: 'unknown',
};

/** Behind the content, in this order; letters, so that a screen reader and a log file have them, too. */
const flags: readonly (Mark & { readonly holds: (entry: ListedEntry) => boolean })[] = [
  { name: 'pinned', sign: 'P', holds: ({ found }) => found?.pin === 'pinned' },
  {
    name: 'pin-without-effect',
    sign: 'p',
    holds: ({ found }) => found !== undefined && ['ignored', 'mislabelled'].includes(found.pin),
  },
  { name: 'pin-unknown', sign: 'q', holds: ({ found }) => found?.pin === 'unknown' },
  { name: 'in-use', sign: 'U', holds: ({ found }) => found?.use === 'running' },
  {
    name: 'collectable',
    sign: '!',
    holds: ({ found }) => found !== undefined && isCollectable(found),
  },
  { name: 'tag-moved', sign: '#', holds: ({ tagMoved }) => tagMoved === true },
  { name: 'tag-replaced', sign: 'R', holds: ({ tagReplaced }) => tagReplaced?.state === 'other' },
  { name: 'tag-unknown', sign: 'r', holds: ({ tagReplaced }) => tagReplaced?.state === 'unknown' },
  { name: 'always-pulled', sign: 'A', holds: ({ alwaysPulled }) => alwaysPulled === true },
];

/** Whether nothing keeps kubelet from removing it, once it has a reason to. */
export function isCollectable({ collection }: NonNullable<ListedEntry['found']>): boolean {
  return collection === 'may' || collection === 'perhaps';
}

/** What a cell shows, and how grave it is. */
export interface CellMarks {
  readonly text: string;
  readonly tone: Tone;
  readonly marks: readonly Mark[];
}

export function marksOf(entry: ListedEntry): CellMarks {
  const marks = [{ name: entry.content, sign: contents[entry.content] }, ...flags.filter(({ holds }) => holds(entry))];
  const names = marks.map(({ name }) => name);
  const tone = tones[entry.content];
  return { text: marks.map(({ sign }) => sign).join(''), tone: tone === 'ok' ? toneOf(names) : tone, marks };
}

/** Of an image that is there. */
function toneOf(names: readonly string[]): Tone {
  if (names.includes('tag-unknown')) return 'unknown';
  return ['collectable', 'tag-moved', 'tag-replaced'].some((name) => names.includes(name)) ? 'warn' : 'ok';
}

/** Of what could not be seen. */
export const unknownMarks: CellMarks = {
  text: contents.unknown,
  tone: 'unknown',
  marks: [{ name: 'unknown', sign: contents.unknown }],
};

/** In the order of the legend. */
export const markNames: readonly string[] = [...Object.keys(contents), ...flags.map(({ name }) => name)];
