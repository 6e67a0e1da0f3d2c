import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { shellWord } from '../src/transport/command/shell-word.ts';
import type { PrivateRoot } from './private-root.ts';

/**
 * A program of this side that runs one of the private root, with the same arguments, streams and environment; from
 * inside, where it may be called by its path too, it is that program.
 */
export function insideProgram(root: PrivateRoot, program: string): string {
  const path = join(root.shared, `inside-${program}`);
  const inside = `/run/inside-${program}`;
  root.run('touch "$1"', inside);
  const lines = [
    '#!/bin/sh',
    `[ -e ${inside} ] && exec ${program} "$@"`,
    `exec ${[...root.enter, program].map(shellWord).join(' ')} "$@"`,
    '',
  ];
  writeFileSync(path, lines.join('\n'), { mode: 0o755 });
  return path;
}
