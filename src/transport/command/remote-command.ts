import type { ExecRequest } from '../transport.ts';
import launch from './launch.sh?raw';
import preamble from './preamble.sh?raw';
import readAll from './read-all.sh?raw';
import readToMarker from './read-to-marker.sh?raw';
import { shellWord } from './shell-word.ts';

/**
 * After its time is over the script is ended from here. The node's own limit comes this many seconds later: it is for the case
 * that we are gone, or cannot get through.
 */
const graceSeconds = 5;

/**
 * How a script travels. The text that a login shell reads is a constant but for the marker, a keyword and a number, so that no
 * login shell (csh and fish included) can read it in its own way; script and arguments come on standard input, where only
 * `/bin/sh` sees them, and so does the script's own input after them.
 *
 * With no input the reader takes all of standard input at once: one process more than `sh -s`, but bash reads a script from a
 * pipe byte by byte, and a script cut off by a lost connection would begin to run.
 */
export interface Travel {
  readonly command: string;
  readonly stdin: Uint8Array;
}

/** `marker` is random hex, new for each run: nothing that a node prints by itself can hold it. */
export function packScript(marker: string, request: ExecRequest): Travel {
  const reader = request.input === undefined ? readers.all : readers.toMarker;
  const seconds = Math.ceil(request.timeoutMs / 1000) + graceSeconds;
  return {
    command: `exec /bin/sh -c '${launcher}' nodemend ${marker} ${request.privilege} ${seconds} '${reader}'`,
    stdin: Buffer.concat([
      Buffer.from([`: ${marker}`, preamble, ['set --', ...request.args.map(shellWord)].join(' '), request.script, `# ${marker}`, ''].join('\n')),
      request.input ?? new Uint8Array(),
    ]),
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
