import { NodemendError } from '../../errors/nodemend-error.ts';
import { calendarText, type Interval } from './interval.ts';

export interface UnitRequest {
  readonly name: string;
  /** For people: the command that is scheduled. */
  readonly summary: string;
  /** Program, absolute, and its arguments. */
  readonly command: readonly string[];
  readonly rhythm: Interval;
  /** At most so many seconds later, by chance, so that not all machines start at once. */
  readonly spreadSeconds: number;
  /** Whether the unit is the system's; a user's own manager has not the rights that most protections need. */
  readonly system: boolean;
  /** Whether the run changes this very machine: then it is not to be shut out from it. */
  readonly changesThisMachine: boolean;
}

export interface Units {
  readonly service: string;
  readonly timer: string;
}

/** The name of both units, without `.service` and `.timer`. */
export function unitName(name: string): string {
  return `nodemend-${name}`;
}

/**
 * What the service cannot do. A run reads keys and kubeconfig wherever they are, writes its state folder, learns host
 * keys, and starts ssh and programs that a kubeconfig names; it needs nothing of what is here (systemd.exec(5)).
 */
const protections = [
  'NoNewPrivileges=yes',
  'ProtectSystem=full',
  'ProtectClock=yes',
  'ProtectHostname=yes',
  'ProtectKernelLogs=yes',
  'ProtectKernelModules=yes',
  'ProtectKernelTunables=yes',
  'ProtectControlGroups=yes',
  'PrivateDevices=yes',
  'LockPersonality=yes',
  'RestrictRealtime=yes',
  'RestrictSUIDSGID=yes',
  'RestrictNamespaces=yes',
  'RestrictAddressFamilies=AF_UNIX AF_INET AF_INET6 AF_NETLINK',
  'SystemCallArchitectures=native',
];

/** A run that is told to stop finishes or restores the step it is in, on every node of its batch. */
const stopSeconds = 600;

/** A timer and the service it starts. @throws NodemendError SCHEDULE_PATH_INVALID */
export function unitTexts(request: UnitRequest): Units {
  const { name, summary, command, rhythm, spreadSeconds, system, changesThisMachine } = request;
  const written = `# Written by nodemend schedule install; to take it out: nodemend schedule remove ${name}`;
  const description = `Description=nodemend schedule ${name}: ${summary.replaceAll('%', '%%')}`;
  const service = [
    written,
    '[Unit]',
    description,
    ...(system ? ['Wants=network-online.target', 'After=network-online.target'] : []),
    '',
    '[Service]',
    'Type=oneshot',
    `ExecStart=${command.map(unitWord).join(' ')}`,
    'WorkingDirectory=/',
    'UMask=0077',
    'Nice=5',
    // The run itself tells what it started to stop, once.
    'KillMode=mixed',
    `TimeoutStopSec=${stopSeconds}`,
    ...(system && !changesThisMachine ? protections : []),
  ];
  const timer = [
    written,
    '[Unit]',
    description,
    '',
    '[Timer]',
    `OnCalendar=${calendarText(rhythm)}`,
    '# What came up while the machine was off is done when it is on again.',
    'Persistent=true',
    `RandomizedDelaySec=${spreadSeconds}`,
    'AccuracySec=1s',
    '',
    '[Install]',
    'WantedBy=timers.target',
  ];
  return { service: text(service), timer: text(timer) };
}

function text(lines: readonly string[]): string {
  return lines.map((line) => `${line}\n`).join('');
}

/**
 * A word of ExecStart=: quotes as in C, `%` is a specifier and `$` a variable (systemd.service(5), "Command lines").
 */
function unitWord(word: string): string {
  if (/\p{Cc}/u.test(word)) throw new NodemendError('SCHEDULE_PATH_INVALID', { path: word });
  const escaped = word
    .replaceAll('\\', String.raw`\\`)
    .replaceAll('"', String.raw`\"`)
    .replaceAll('%', '%%')
    .replaceAll('$', '$$$$');
  return /^[A-Za-z0-9_@+=:,./%-]+$/.test(escaped) ? escaped : `"${escaped}"`;
}
