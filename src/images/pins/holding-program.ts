import type { Fact } from '../../evidence/fact.ts';
import type { ProbedText } from '../../runtimes/probed-text.ts';
import script from './holding-program.sh?raw';

/** A program of the node that only waits (`sleep`), and what it is loaded with, by the paths that lead to them there. */
export interface HoldingProgram {
  readonly program: string;
  /** Absent for a program that needs none. */
  readonly loader?: string;
  readonly libraries: readonly { readonly name: string; readonly path: string }[];
}

/** `none` where nothing of the node's can be run in a container that has nothing of its own. */
export const holdingProgram: Fact<HoldingProgram | 'none'> = {
  key: 'images/holding-program',
  ahead: true,
  script,
  looksAt: [
    '/usr/bin/sleep',
    '/usr/lib',
    '/usr/lib64',
    '/usr/lib/*-linux-gnu*',
    '/usr/lib64/libc.so.6',
    '/usr/lib/*-linux-gnu*/libc.so.6',
    '/usr/lib/*-linux-gnu*/ld-linux-x86-64.so.2',
  ],
  parse: parseProgram,
};

/**
 * Where distributions keep their own: a pod runs what lies there, and a record in the cluster that anybody may have written
 * must not name another place.
 */
const programPath = /^\/(?:usr\/)?bin\/[a-z0-9-]{1,40}$/;
const loaderPath = /^\/(?:usr\/)?lib(?:32|64)?\/(?:[a-z0-9_-]+\/)?ld[a-z0-9._-]{0,60}\.so(?:\.\d+)?$/;
const libraryPath = /^\/(?:usr\/)?lib(?:32|64)?\/(?:[a-z0-9_-]+\/)?[A-Za-z0-9._+-]{1,80}$/;
const libraryName = /^[A-Za-z0-9][A-Za-z0-9._+-]{0,80}$/;

const linePattern =
  /^(?:program \/\S+|static|loader \/\S+|library \S+ \/\S+|refused [a-z-]+ .*|none [a-z-]+(?: \S+)?)$/;

function parseProgram({ text, truncated }: ProbedText): HoldingProgram | 'none' | undefined {
  const lines = text.split('\n').slice(0, -1);
  if (truncated || lines.length === 0 || !lines.every((line) => linePattern.test(line))) return undefined;
  if (lines.some((line) => /^(?:none|refused) /.test(line))) return 'none';
  const found = programIn(lines);
  return found === undefined || isDistributions(found) ? found : 'none';
}

/** Undefined where ldd said something else: neither that it is static nor its one loader. */
function programIn(lines: readonly string[]): HoldingProgram | undefined {
  const wordsOf = (word: string): readonly (readonly string[])[] =>
    lines.filter((line) => line.startsWith(`${word} `)).map((line) => line.split(' ').slice(1));
  const [program] = wordsOf('program')[0] ?? [];
  if (program === undefined) return undefined;
  if (lines.includes('static')) return { program, libraries: [] };
  const [[loader] = [], ...others] = wordsOf('loader');
  if (loader === undefined || others.length > 0) return undefined;
  const libraries = wordsOf('library').map(([name = '', path = '']) => ({ name, path }));
  return { program, loader, libraries: libraries.filter(({ path }) => path !== loader) };
}

/** Whether all of it lies where distributions keep such things. */
export function isDistributions({ program, loader, libraries }: HoldingProgram): boolean {
  return (
    programPath.test(program) &&
    (loader === undefined || loaderPath.test(loader)) &&
    libraries.length <= 8 &&
    libraries.every(({ name, path }) => libraryName.test(name) && libraryPath.test(path))
  );
}
