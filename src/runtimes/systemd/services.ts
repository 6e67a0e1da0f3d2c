import type { Fact } from '../../evidence/fact.ts';
import type { ProbedText } from '../probed-text.ts';
import script from './services.sh?raw';
import { systemdUnits } from './units.ts';

/** Units beside the node's daemons that pods depend on. */
const names = ['rpcbind.service', 'rpcbind.socket', 'rpc-statd.service', 'dcgm-exporter.service'] as const;

export type ServiceName = (typeof names)[number];

interface MainProcess {
  readonly pid: number;
  /** As proc(5) has it: `S`, `Z` for one that has ended, `T` for one that was stopped. */
  readonly state: string;
  /** Seconds since it was started. */
  readonly age: number;
}

/** One of them, in systemd's own words. */
export interface ServiceUnit {
  readonly name: ServiceName;
  /** `loaded`, `not-found`, `masked` … */
  readonly load: string;
  /** `active`, `inactive`, `failed`, `activating` … */
  readonly active: string;
  /** `running`, `listening`, `dead`, `auto-restart` … */
  readonly sub: string;
  /** `enabled`, `disabled`, `static`, `masked` …; undefined where it has no file. */
  readonly enabled: string | undefined;
  /** Its main process, while there is one. */
  readonly main: MainProcess | undefined;
  /** The unit's own file (`FragmentPath`). */
  readonly fragment: string | undefined;
}

export type ServiceUnits = 'no-systemd' | Readonly<Record<ServiceName, ServiceUnit>>;

export const systemdServices: Fact<ServiceUnits> = {
  key: 'systemd/services',
  script,
  needs: [systemdUnits],
  parse: parseServices,
};

const linePattern = /^(\S+) (\S+) (\S+) (\S+) (\S+) (\d+) (\S) (\d+|-) (\/.+|-)$/;

/** Takes apart what services.sh prints: each of the units once. */
function parseServices({ text, truncated }: ProbedText): ServiceUnits | undefined {
  if (text === 'no-systemd\n') return 'no-systemd';
  const lines = text.split('\n').filter((line) => line !== '');
  const units = lines.flatMap((line) => unitOf(line) ?? []);
  const known = new Map(units.map((unit) => [unit.name, unit] as const));
  if (truncated || lines.length !== names.length || known.size !== names.length) return undefined;
  return Object.fromEntries(known) as Readonly<Record<ServiceName, ServiceUnit>>;
}

function unitOf(line: string): ServiceUnit | undefined {
  const [, name = '', load = '', active = '', sub = '', enabled, pid, state = '-', seconds, fragment] =
    linePattern.exec(line) ?? [];
  const known = names.find((one) => one === name);
  if (known === undefined) return undefined;
  return {
    name: known,
    load,
    active,
    sub,
    enabled: given(enabled),
    main: state === '-' ? undefined : { pid: Number(pid), state, age: Number(seconds) },
    fragment: given(fragment),
  };
}

function given(word: string | undefined): string | undefined {
  return word === '-' ? undefined : word;
}
