import type { Block } from '../configuration.ts';

/** One block as `logrotate -d` reports it. */
export interface ReportedBlock {
  readonly criterion: string;
  readonly minSize: number;
  readonly maxSize: number;
  readonly emptyToo: boolean;
  readonly logs: readonly string[];
}

/** Reads what `logrotate -d` (3.8 to 3.22) printed about the blocks in force. */
export function reportedBlocks(output: string): readonly ReportedBlock[] {
  return output
    .split(/^rotating pattern: /m)
    .slice(1)
    .map(reportedBlock);
}

function reportedBlock(text: string): ReportedBlock {
  // The pattern itself may hold anything, newlines included, but the report begins after its last such word.
  const head = / (hourly|after \d+ days|weekly|monthly|yearly|\d+ bytes) (?=\(|empty|olddir|\n|only)/.exec(text);
  return {
    criterion: criterion(head?.[1] ?? '?'),
    minSize: Number(/only log files >= (-?\d+) bytes are rotated/.exec(text)?.[1] ?? 0),
    maxSize: Number(/log files >= (-?\d+) are rotated earlier/.exec(text)?.[1] ?? 0),
    emptyToo: /empty log files are rotated/.test(text),
    logs: absolute([...text.matchAll(/^considering log ([^\n]*)/gm)].map((match) => match[1] ?? '')),
  };
}

function criterion(words: string): string {
  if (words.startsWith('after')) return 'daily';
  return words.endsWith('bytes') ? `size ${Number(words.split(' ')[0])}` : words;
}

/** A block of ours in the report's words. */
export function asReported(block: Block): ReportedBlock {
  const { criterion, threshold, minSize, maxSize, ifEmpty, su } = block.settings;
  // Before 3.16 half a `su` is accepted, and then nothing can be done under it.
  const canAct = su === undefined || (su.user !== '' && su.group !== '');
  return {
    criterion: criterion === 'size' ? `size ${threshold}` : criterion,
    minSize,
    maxSize,
    emptyToo: ifEmpty,
    // A name that runs on over lines is cut by the report's own line ends.
    logs: canAct ? absolute(block.files.map((path) => path.split('\n')[0] ?? '')) : [],
  };
}

/** Names without a leading slash depend on the folder in which logrotate is started; no container log has one. */
function absolute(paths: readonly string[]): readonly string[] {
  return paths.filter((path) => path.startsWith('/'));
}
