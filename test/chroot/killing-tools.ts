import {
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import type { ChrootNode } from './chroot-node.ts';

/**
 * Stands before programs of the node. At call number `at` it kills the process group of the script, which is what
 * a node that loses power, or an operator with kill -9, does to it, and its own: timeout(1) makes one. Builtins only,
 * so that it does not call itself.
 * Each call takes a number of its own, the first whose file can be made (`set -C`: only one makes it), because those of
 * one pipeline come at once: where two had the same, the one between was nobody's and nothing was killed. `last` only
 * saves going through them all. That it killed stays in a file, because who sent the script may ask again where it only
 * waited for something. All of it is in a folder of one arming, because a program that outlives its script (the `sleep`
 * of a watcher that was ended) comes to its end, and to its killing, only when it is armed anew.
 */
const wrapper = `#!/bin/dash
name=\${0##*/}
read -r at when armed </tmp/kill-at
read -r count <"$armed/last" || count=
: $((count += 1))
set -C
until { printf %s "$name" >"$armed/calls/$count"; } 2>/dev/null; do
  # The node is gone, and who looks for a number would look for ever.
  [ -d "$armed" ] || exit 137
  : $((count += 1))
done
set +C
printf '%s\\n' "$count" >"$armed/last"
die() {
  : >"$armed/killed"
  { read -r _ _ _ _ _ session _ </proc/self/stat && kill -9 "-$session"; } 2>/dev/null
  kill -9 0
}
# Most calls are another one: those become the program, with nothing that waits for it.
[ "$count" = "$at" ] || exec /usr/real/"$name" "$@"
[ "$when" = after ] || die
/usr/real/"$name" "$@"
die
`;

export interface KillPoint {
  /** The program whose calls count; those of all of them without it. */
  readonly program?: string;
  /** Which call, from 1. */
  readonly at: number;
  readonly when: 'before' | 'after';
}

/**
 * Puts the wrapper in front of the node's programs; `arm` and `disarm` say when it acts. Where the program is known whose
 * call kills, it is in front of that one alone: to start a shell before each of the others would cost as much as they do.
 */
export class KillingTools {
  private readonly node: ChrootNode;
  private armed = 0;

  constructor(node: ChrootNode) {
    this.node = node;
    renameSync(node.path('usr/bin'), node.path('usr/real'));
    mkdirSync(node.path('usr/wrapped'));
    for (const tool of this.real()) {
      const file = node.path(`usr/wrapped/${tool}`);
      // A shell is no tool, and the wrapper needs one that is not wrapped.
      if (['sh', 'dash', 'bash'].includes(tool)) symlinkSync(`../real/${tool}`, file);
      else writeFileSync(file, wrapper, { mode: 0o755 });
    }
    this.disarm();
  }

  /** From now on programs are counted, and one of them kills. */
  arm({ program, at, when }: KillPoint): void {
    this.armed += 1;
    mkdirSync(this.path('calls'), { recursive: true });
    writeFileSync(this.path('last'), '');
    // Whole or not at all: a program that reads it in this moment would take one arming's point for another's.
    const next = this.node.path('tmp/kill-at.next');
    writeFileSync(next, `${at} ${when} ${this.folder}\n`);
    renameSync(next, this.node.path('tmp/kill-at'));
    this.point(program === undefined ? 'wrapped' : this.alone(program));
  }

  /** From now on the programs are the real ones. */
  disarm(): void {
    this.point('real');
  }

  /** The programs that were called since it was armed, in their order; of one that was killed meanwhile an empty name. */
  calls(): readonly string[] {
    const numbers = readdirSync(this.path('calls')).map(Number);
    return numbers.toSorted((a, b) => a - b).map((number) => readFileSync(this.path(`calls/${number}`), 'utf8'));
  }

  /** Whether it killed since it was armed. */
  hasKilled(): boolean {
    return existsSync(this.path('killed'));
  }

  /** As programs of the node name it. */
  private get folder(): string {
    return `/tmp/armed-${this.armed}`;
  }

  private path(inFolder: string): string {
    return this.node.path(`${this.folder}/${inFolder}`);
  }

  private real(): readonly string[] {
    return readdirSync(this.node.path('usr/real'));
  }

  /** @returns a folder in which this program is wrapped, and no other */
  private alone(program: string): string {
    const folder = `wrapped-${program}`;
    if (existsSync(this.node.path(`usr/${folder}`))) return folder;
    mkdirSync(this.node.path(`usr/${folder}`), { mode: 0o755 });
    for (const tool of this.real())
      symlinkSync(`../${tool === program ? 'wrapped' : 'real'}/${tool}`, this.node.path(`usr/${folder}/${tool}`));
    return folder;
  }

  private point(folder: string): void {
    rmSync(this.node.path('usr/bin'), { force: true });
    symlinkSync(folder, this.node.path('usr/bin'));
  }
}
