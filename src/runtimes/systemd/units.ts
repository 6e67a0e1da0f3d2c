import type { Fact } from '../../evidence/fact.ts';
import type { ProbedText } from '../probed-text.ts';
import ask from './ask.sh?raw';
import script from './units.sh?raw';

/** The unit that a daemon is a process of. */
export interface DaemonUnit {
  readonly unit: string;
  /** The unit's own file. */
  readonly fragment: string | undefined;
  /** It is started with the `KUBELET_USER_ARGS` of NKS. */
  readonly readsUserArgs: boolean;
}

export type Daemon = 'dockerd' | 'kubelet';

/** By daemon; one that is not a unit's process is not in it. */
export type DaemonUnits = ReadonlyMap<Daemon, DaemonUnit>;

/** Joined before whoever asks systemd. */
export const askSystemd = ask;

export const systemdUnits: Fact<DaemonUnits> = { key: 'systemd/units', script, shared: [ask], parse: parseUnits };

const linePattern = /^(?:unit (?:dockerd|kubelet) \S+\.service|fragment \S+\.service \/.+|user-args \S+\.service)$/;

/** Takes apart what units.sh prints. */
function parseUnits({ text, truncated }: ProbedText): DaemonUnits | undefined {
  const lines = text.split('\n').filter((line) => line !== '');
  if (truncated || !lines.every((line) => linePattern.test(line))) return undefined;
  const units = lines.flatMap((line): readonly (readonly [Daemon, DaemonUnit])[] => {
    const [, daemon, unit] = /^unit (dockerd|kubelet) (.+)$/.exec(line) ?? [];
    if (daemon === undefined || unit === undefined) return [];
    const head = `fragment ${unit} `;
    const fragment = lines.find((one) => one.startsWith(head))?.slice(head.length);
    return [[daemon as Daemon, { unit, fragment, readsUserArgs: lines.includes(`user-args ${unit}`) }]];
  });
  return new Map(units);
}
