import { NodemendError } from '../../errors/nodemend-error.ts';

/**
 * Edits of a crontab's text. A block of ours stands at the top, because variables of a crontab (SHELL, PATH, HOME) hold for the
 * lines below them: where it stands nobody's settings reach it, and it changes nobody's. All else stays to the byte.
 */
const mark = (name: string, end: 'begin' | 'end'): string => `# nodemend schedule ${name}: ${end}`;

/** The lines of a schedule, marks included, ending with a newline. */
export function crontabBlock(name: string, line: string): string {
  return `${mark(name, 'begin')} (to take it out: nodemend schedule remove ${name})\n${line}\n${mark(name, 'end')}\n`;
}

/** The command of a line: cron takes `%` for a newline, quoted or not (crontab(5)). @throws NodemendError SCHEDULE_PATH_INVALID for a control character */
export function cronCommand(command: string): string {
  // A newline would begin a line of its own.
  if (/\p{Cc}/u.test(command)) throw new NodemendError('SCHEDULE_PATH_INVALID', { path: command });
  return command.replaceAll('%', String.raw`\%`);
}

/**
 * The crontab with the block in front. A last line without a newline gets one: cron refuses, or does not run, a line without.
 * @throws NodemendError CRONTAB_BLOCK_INVALID when there is one of that name
 */
export function withBlock(crontab: string, name: string, block: string): string {
  if (findBlock(crontab, name)) throw new NodemendError('CRONTAB_BLOCK_INVALID', { name, context: 'there' });
  return block + crontab + (crontab === '' || crontab.endsWith('\n') ? '' : '\n');
}

export interface FoundBlock {
  /** With its marks. */
  readonly block: string;
  /** The crontab without it. */
  readonly rest: string;
}

/** Undefined where there is none. @throws NodemendError CRONTAB_BLOCK_INVALID when marks are missing or there twice: nobody can tell what is ours */
export function findBlock(crontab: string, name: string): FoundBlock | undefined {
  const lines = crontab.split(/(?<=\n)/);
  const at = (end: 'begin' | 'end'): readonly number[] =>
    lines.flatMap((line, index) => {
      const wanted = mark(name, end);
      const text = line.endsWith('\n') ? line.slice(0, -1) : line;
      return text === wanted || text.startsWith(`${wanted} `) ? [index] : [];
    });
  const [begins, ends] = [at('begin'), at('end')];
  const [begin, end] = [begins[0], ends[0]];
  if (begin === undefined && end === undefined) return undefined;
  if (begin === undefined || end === undefined || begins.length > 1 || ends.length > 1 || end < begin) throw new NodemendError('CRONTAB_BLOCK_INVALID', { name });
  return { block: lines.slice(begin, end + 1).join(''), rest: [...lines.slice(0, begin), ...lines.slice(end + 1)].join('') };
}
