import type { CheckOutput } from '../../../../actions/action.ts';

/** One run of logrotate as a check's script reports it. */
export interface Part {
  readonly exitCode: number;
  /** What stands behind the exit code on the part's first line. */
  readonly note: string;
  readonly lines: readonly string[];
}

export interface Report {
  readonly parts: ReadonlyMap<string, Part>;
  /** Why the check could not be made, in the script's own word. */
  readonly unable: string | undefined;
}

/** Takes apart what scratch.sh and the checks print. Lines before the first part belong to none. */
export function parseReport({ stdout }: Pick<CheckOutput, 'stdout'>): Report {
  const parts = new Map<string, { exitCode: number; note: string; lines: string[] }>();
  let current: string[] | undefined;
  let unable: string | undefined;
  for (const line of stdout.split('\n')) {
    const head = /^part ([a-z]+) (\d+)(?: (.*))?$/.exec(line);
    const stopped = /^unable ([a-z-]+)$/.exec(line);
    if (stopped !== null) unable = stopped[1];
    else if (head !== null) {
      current = [];
      parts.set(head[1] ?? '', { exitCode: Number(head[2]), note: head[3] ?? '', lines: current });
    } else if (line !== '') current?.push(line);
  }
  return { parts, unable };
}

/** What is behind one of the words that begin a line. */
export function valuesOf(part: Part, word: string): readonly string[] {
  return part.lines.filter((line) => line.startsWith(`${word} `)).map((line) => line.slice(word.length + 1));
}

/**
 * What every run with `-d` begins with since 3.14, what is said of a mode that is accepted anyway, and of a
 * period after another one (3.15 to 3.19; a note since): the later one holds, which is what a rule wants.
 */
const harmless =
  /^warning: (?:logrotate in debug mode does nothing|Potentially dangerous mode on |'\w+' overrides previously specified )/;

/**
 * What logrotate complained about. Its exit code does not tell: it is 0 with an unknown directive, and before 3.15 with
 * a block that was thrown away.
 */
export function complaintsOf(part: Part): readonly string[] {
  return part.lines.filter((line) => /^(?:error: |warning: |Ignoring )/.test(line) && !harmless.test(line));
}

/**
 * The complaint without the place in a file, so that one of a staged file compares with that of the file it stands for.
 */
export function withoutPlace(complaint: string): string {
  return complaint.replace(/^(error|warning): \S+:\s?\d+,? /, '$1: ').replace(/\S*nodemend-\S+/g, 'file');
}
