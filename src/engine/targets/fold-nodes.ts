/**
 * The reverse of `expandNodes`: 300 names as `worker-[1-40,43],gpu-[01-08]`. Every number of a name can vary, so NKS
 * names (`<cluster>-<nodegroup>-node-<n>`), numbers in the middle and addresses all fold. Linear in the number of
 * names, but for sorting.
 */

/** A name cut into texts and numbers, alternating: texts at even places. A folded number is a bracket. */
type Pattern = readonly string[];

/** Numbers with more digits are identifiers (serials, times), and too large for a JavaScript number. */
const maximumDigits = 15;

/** A run of consecutive numbers. `width` is 0 for numbers without padding. */
interface Run {
  readonly from: number;
  readonly to: number;
  readonly width: number;
}

/**
 * The names as a node set, sorted the natural way (2 before 10), each once. `expandNodes` gives the same names back.
 */
export function foldNodes(names: Iterable<string>): string {
  let patterns: readonly Pattern[] = [...new Set(names)].map(cut);
  const places = patterns.reduce((most, pattern) => Math.max(most, (pattern.length - 1) / 2), 0);
  // From the last number to the first: in names that are used, the last one counts. A later pass sees brackets as equal
  // texts, so that rack1-[1-2] and rack2-[1-2] become rack[1-2]-[1-2], which is exactly their product.
  for (let place = 1; place <= places; place += 1) patterns = foldPlace(patterns, place);
  return patterns
    .toSorted(byNature)
    .map((pattern) => pattern.join(''))
    .join(',');
}

function cut(name: string): Pattern {
  return name.split(new RegExp(`(?<!\\d)(\\d{1,${maximumDigits}})(?!\\d)`));
}

/** Folds the patterns that differ only in their number at `place`, counted from the end. */
function foldPlace(patterns: readonly Pattern[], place: number): readonly Pattern[] {
  const groups = new Map<string, { readonly like: Pattern; readonly numbers: string[] }>();
  const rest: Pattern[] = [];
  for (const pattern of patterns) {
    const index = pattern.length - 2 * place;
    const number = index > 0 ? pattern[index] : undefined;
    if (number === undefined) {
      rest.push(pattern);
      continue;
    }
    const key = JSON.stringify(pattern.with(index, ''));
    const group = groups.get(key);
    if (group) group.numbers.push(number);
    else groups.set(key, { like: pattern, numbers: [number] });
  }
  for (const { like, numbers } of groups.values()) {
    rest.push(numbers.length === 1 ? like : like.with(like.length - 2 * place, bracket(numbers)));
  }
  return rest;
}

function bracket(numbers: readonly string[]): string {
  return `[${runs(numbers).map(rangeText).join(',')}]`;
}

function rangeText({ from, to, width }: Run): string {
  const pad = (value: number): string => String(value).padStart(width, '0');
  return from === to ? pad(from) : `${pad(from)}-${pad(to)}`;
}

/** Padded numbers run by width; then 01-09 and 10-20 join, because 10 needs no padding to be two wide. */
function runs(numbers: readonly string[]): readonly Run[] {
  const byWidth = Map.groupBy(numbers, (number) => (number.length > 1 && number.startsWith('0') ? number.length : 0));
  const plain = new Map(runsOf(byWidth.get(0) ?? [], 0).map((run) => [run.from, run]));
  const padded = [...byWidth].filter(([width]) => width > 0).flatMap(([width, texts]) => runsOf(texts, width));
  const joined = padded.map((run) => {
    const next = plain.get(run.to + 1);
    if (next === undefined || String(next.from).length < run.width) return run;
    plain.delete(next.from);
    return { ...run, to: next.to };
  });
  return [...joined, ...plain.values()].toSorted((a, b) => a.from - b.from || a.width - b.width);
}

function runsOf(texts: readonly string[], width: number): readonly Run[] {
  const found: Run[] = [];
  for (const value of texts.map(Number).toSorted((a, b) => a - b)) {
    const last = found.at(-1);
    if (last?.to === value - 1) found[found.length - 1] = { ...last, to: value };
    else found.push({ from: value, to: value, width });
  }
  return found;
}

function byNature(a: Pattern, b: Pattern): number {
  const length = Math.min(a.length, b.length);
  for (let index = 0; index < length; index += 1) {
    const order = byPart(a[index] ?? '', b[index] ?? '');
    if (order !== 0) return order;
  }
  return a.length - b.length;
}

/** Numbers and brackets by their first number, texts by code unit: localeCompare would depend on the machine. */
function byPart(a: string, b: string): number {
  const [first, second] = [a, b].map((part) => Number(/^\[?(\d+)/.exec(part)?.[1] ?? Number.NaN));
  const order = (first ?? Number.NaN) - (second ?? Number.NaN);
  if (order) return order;
  return a < b ? -1 : Number(a > b);
}
