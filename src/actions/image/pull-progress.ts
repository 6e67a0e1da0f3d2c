import type { ContentPart } from '../../images/sources/manifest.ts';
import type { ActionContext } from '../action.ts';
import { valuesAsSaid } from '../node-state/reply.ts';

/** Bytes. */
interface Pulled {
  readonly there: number;
  /** What was lacking when the pull began. */
  readonly of: number;
}

/** As docker's client writes them (docker/go-units, HumanSize); containerd's are bytes. */
const units: Readonly<Record<string, number>> = { '': 1, B: 1, kB: 1e3, MB: 1e6, GB: 1e9, TB: 1e12 };

const said = /^([0-9a-f]{12}):(?:(had|whole)|(\d{1,15}(?:\.\d{1,15})?)([kMGT]?B)?)$/u;

/**
 * How far a pull is, by what its script says of each part: `4f4fb700ef54:1.2MB 8ac8bfaff55a:whole 1bb4aa2b94e6:had`, each
 * by the beginning of its digest as docker's client names it. Of a part that is not named nothing is there: docker says
 * nothing of a configuration. Undefined where nothing was lacking. Pure.
 * @param line what a node said, whatever that may be
 */
export function pulledOf(parts: readonly ContentPart[], line: string): Pulled | undefined {
  const states = new Map(line.split(' ').flatMap((word) => stateIn(word)));
  let [there, of] = [0, 0];
  for (const { digest, bytes } of parts) {
    const state = states.get(digest.replace('sha256:', '').slice(0, 12)) ?? 0;
    if (state === 'had') continue;
    of += bytes;
    there += state === 'whole' ? bytes : Math.min(state, bytes);
  }
  return of === 0 ? undefined : { there, of };
}

function stateIn(word: string): readonly (readonly [string, 'had' | 'whole' | number])[] {
  const [, id = '', state, number, unit = ''] = said.exec(word) ?? [];
  if (state === 'had' || state === 'whole') return [[id, state]];
  return number === undefined ? [] : [[id, Math.round(Number(number) * (units[unit] ?? 0))]];
}

/** Tells how far a pull is, from what its script says while it runs. */
export function tellPull(
  parts: readonly ContentPart[],
  progress: ActionContext['progress'] = () => undefined,
): { readonly onStdout: (chunk: Uint8Array) => void; readonly isWhole: () => void } {
  let pulled: Pulled | undefined;
  return {
    onStdout: valuesAsSaid('coming', (line) => {
      pulled = pulledOf(parts, line);
      if (pulled !== undefined) progress(pulled.there, pulled.of);
    }),
    /** The script has looked, and all of it is there. */
    isWhole: () => {
      if (pulled !== undefined) progress(pulled.of, pulled.of);
    },
  };
}
