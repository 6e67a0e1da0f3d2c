import { NodemendError } from '../../../errors/nodemend-error.ts';

/** For what is not a template; `problem` is in English words. */
export function templateError(problem: string): NodemendError {
  return new NodemendError('USAGE', { context: 'jsonpath', typed: '-o', problem });
}

/**
 * A path as kubectl has it (kubernetes.io/docs/reference/kubectl/jsonpath), as queries of RFC 9535: kubectl begins
 * without `$`, lets names hold what RFC 9535 wants in brackets, escapes a dot in them, and gives of a union first all
 * that its first part finds.
 * @throws NodemendError USAGE for what is neither
 */
export function queriesOf(path: string): readonly string[] {
  let rest = path.replace(/^[$@]/u, '');
  let queries: readonly string[] = ['$'];
  while (rest !== '') {
    const { length, selectors } = stepOf(rest);
    queries = selectors.flatMap((selector) => queries.map((query) => query + selector));
    rest = rest.slice(length);
  }
  return queries;
}

interface Step {
  readonly length: number;
  /** Of a union one for each part. */
  readonly selectors: readonly string[];
}

type Read = (match: readonly string[]) => readonly string[];

const name = String.raw`((?:\\.|[^.[\]\\\s{}])+)`;
const quoted = String.raw`'(?:\\.|[^'\\])*'|"(?:\\.|[^"\\])*"`;

/** The forms of a step, in the order in which they are tried. */
const forms: readonly (readonly [RegExp, Read])[] = [
  [/^\.\.(?=\[)/u, () => ['..']],
  [/^(\.\.)?\.?(?:\*|\[\s*\*\s*\])/u, ([, descends = '']) => [`${descends}[*]`]],
  [
    new RegExp(String.raw`^(\.\.|\.)${name}`, 'u'),
    ([, dots, word = '']) => [`${dots === '..' ? dots : ''}${bracketed(word)}`],
  ],
  [new RegExp(String.raw`^\[\?\(((?:${quoted}|[^"'])*?)\)\]`, 'u'), ([, filter = '']) => [`[?${ofFilter(filter)}]`]],
  [/^\[(-?\d*:-?\d*(?::-?\d*)?)\]/u, ([, slice = '']) => [`[${slice}]`]],
  [/^\[(-?\d+(?:,-?\d+)*)\]/u, ([, indices = '']) => indices.split(',').map((index) => `[${index}]`)],
  [
    new RegExp(String.raw`^\[((?:${quoted})(?:,(?:${quoted}))*)\]`, 'u'),
    ([, names = '']) => [...names.matchAll(new RegExp(quoted, 'gu'))].map(([one]) => bracketed(one.slice(1, -1))),
  ],
];

function stepOf(rest: string): Step {
  for (const [form, read] of forms) {
    const match = form.exec(rest);
    if (match) return { length: match[0].length, selectors: read(match) };
  }
  throw templateError(`${rest} is not a step of a path`);
}

function bracketed(word: string): string {
  return `[${JSON.stringify(word.replaceAll(/\\(.)/gu, '$1'))}]`;
}

/**
 * Paths in it begin with `@`; what stands in quotes is text. What is not there is unlike everything to RFC 9535, and to
 * kubectl no match.
 */
function ofFilter(filter: string): string {
  const parts = new RegExp(String.raw`${quoted}|@((?:\.(?:\\.|[^.[\]\\\s=!<>()&|])+|\[[^\]]*\])*)|!=`, 'gu');
  const paths: string[] = [];
  let isUnlike = false;
  const translated = filter.replaceAll(parts, (whole: string, path?: string) => {
    if (whole === '!=') isUnlike = true;
    if (path === undefined) return whole;
    const query = `@${queriesOf(path)[0]?.slice(1) ?? ''}`;
    paths.push(query);
    return query;
  });
  return isUnlike ? [`(${translated})`, ...paths].join('&&') : translated;
}
