import type { ExecRequest, StreamedInput } from '../transport.ts';
import launch from './launch.sh?raw';
import preamble from './preamble.sh?raw';
import readAll from './read-all.sh?raw';
import readToMarker from './read-to-marker.sh?raw';
import { shellWord } from './shell-word.ts';

/**
 * After its time is over the script is ended from here. The node's own limit comes this many seconds later: it is for
 * the case that we are gone, or cannot get through.
 */
const graceSeconds = 5;

/**
 * How a script travels. The text that a login shell reads is a constant but for the marker, keywords and a number, so
 * that no login shell (csh and fish included) can read it in its own way; script and arguments come on standard input,
 * where only `/bin/sh` sees them, and so does the script's own input after them. The script stands between braces,
 * because a shell parses a whole group before it runs any of it: one cut off by a lost connection does not begin.
 */
export interface Travel {
  readonly command: string;
  /** The script, and its input where that is at hand. */
  readonly stdin: Uint8Array;
  /** What follows it there. */
  readonly streamed?: StreamedInput;
}

/** `marker` is random hex, new for each run: nothing that a node prints by itself can hold it. */
export function packScript(marker: string, request: ExecRequest): Travel {
  const seconds = Math.ceil(request.timeoutMs / 1000) + graceSeconds;
  const { input, streamedInput } = request;
  const [reader, company, stdin] =
    input === undefined && streamedInput === undefined
      ? [readers.all, 'alone', ' </dev/null']
      : [readers.toMarker, 'input', ''];
  const lines = [
    `: ${marker}`,
    preamble,
    ['set --', ...request.args.map(shellWord)].join(' '),
    '{',
    request.script,
    `}${stdin}`,
    `# ${marker}`,
    '',
  ];
  return {
    command: `exec /bin/sh -c '${launcher}' nodemend ${marker} ${request.privilege} ${seconds} '${reader}' ${company}`,
    stdin: Buffer.concat([Buffer.from(lines.join('\n')), input ?? new Uint8Array()]),
    ...(streamedInput === undefined ? {} : { streamed: streamedInput }),
  };
}

/** The lines of a script that was written for it (see launch.sh) as one, comments left out. */
export function oneLine(text: string): string {
  return text
    .split('\n')
    .map((line) => line.trim())
    .filter((line) => line !== '' && !line.startsWith('#'))
    .join(' ');
}

const launcher = oneLine(launch);
const readers = { all: oneLine(readAll), toMarker: oneLine(readToMarker) };
