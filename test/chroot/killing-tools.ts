import { chmodSync, existsSync, mkdirSync, readdirSync, renameSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import type { ChrootNode } from './chroot-node.ts';

/**
 * Stands before every program of the node. At call number `at` it kills the process group of the script, which is what
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
until { printf x >"$armed/calls/$count"; } 2>/dev/null; do
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
  /** Which call of a program, from 1. */
  readonly at: number;
  readonly when: 'before' | 'after';
}

/** Puts the wrapper in front of the node's programs; \`arm\` and \`disarm\` say when it acts. */
export class KillingTools {
  private readonly node: ChrootNode;
  private armed = 0;

  constructor(node: ChrootNode) {
    this.node = node;
    renameSync(node.path('usr/bin'), node.path('usr/real'));
    mkdirSync(node.path('usr/wrapped'));
    for (const tool of readdirSync(node.path('usr/real'))) {
      const file = node.path(`usr/wrapped/${tool}`);
      // A shell is no tool, and the wrapper needs one that is not wrapped.
      if (['sh', 'dash', 'bash'].includes(tool)) symlinkSync(`../real/${tool}`, file);
      else writeFileSync(file, wrapper, { mode: 0o755 });
      chmodSync(node.path('usr/wrapped'), 0o755);
    }
    this.disarm();
  }

  /** From now on programs are counted, and one of them kills. */
  arm({ at, when }: KillPoint): void {
    this.armed += 1;
    mkdirSync(this.path('calls'), { recursive: true });
    writeFileSync(this.path('last'), '');
    // Whole or not at all: a program that reads it in this moment would take one arming's point for another's.
    const next = this.node.path('tmp/kill-at.next');
    writeFileSync(next, `${at} ${when} ${this.folder}\n`);
    renameSync(next, this.node.path('tmp/kill-at'));
    this.point('wrapped');
  }

  /** From now on the programs are the real ones. */
  disarm(): void {
    this.point('real');
  }

  /** Calls since it was armed. */
  calls(): number {
    return readdirSync(this.path('calls')).length;
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

  private point(folder: string): void {
    rmSync(this.node.path('usr/bin'), { force: true });
    symlinkSync(folder, this.node.path('usr/bin'));
  }
}
