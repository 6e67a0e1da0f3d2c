import type { RuleFor } from '../finding.ts';
import { dockersOwnFiles, type DockerLog } from '../logs/watched-logs.ts';
import type { Block } from '../../../logrotate/configuration.ts';
import { matchesPath } from '../../../logrotate/glob.ts';
import type { Settings } from '../../../logrotate/settings.ts';
import { repeatsName } from './repeated-name.ts';
import type { RunTimes } from './rotation-times.ts';

/** What is wrong with a rule that does hold the logs of docker's containers. */
export type Hazard = { readonly why: string } & (
  | { readonly status: 'fail'; readonly rule: RuleFor<'fail'> }
  | { readonly status: 'warn'; readonly rule: RuleFor<'warn'> }
);

/** What of a node decides whether a rule works there. */
export interface Circumstances {
  /** Size of the file system that holds the logs, when it is known. */
  readonly diskBytes: number | undefined;
  readonly run: RunTimes;
}

const onceADay: RunTimes = { days: 1, starts: [] };

/** Whether a rule rotates or not hangs on how often logrotate runs: hourly it would give two old logs one name. */
export function hangsOnSchedule(settings: Settings): boolean {
  return repeatsName(settings, { days: 1 / 24, starts: [] }) && !repeatsName(settings, onceADay);
}

/** Worst first. Conditions are those of `findNeedRotating` and `rotateSingleLog` in logrotate.c (3.21.0). */
export function hazardsOf(block: Block, log: DockerLog, { diskBytes, run }: Circumstances): readonly Hazard[] {
  const { settings } = block;
  const found: readonly (Hazard | undefined)[] = [
    unsafe(renames(settings), 'renames'),
    unsafe(settings.copy && !settings.copyTruncate, 'never-truncates'),
    unsafe(rotatesRotated(block, log), 'rotates-rotated'),
    never(!actsAsRoot(settings), 'other-user'),
    never(isOutOfReach(settings, diskBytes), 'size-over-disk'),
    never(waitsForQuiet(settings), 'minimum-age'),
    never(repeatsName(settings, run), isOftenRun(settings, run) ? 'same-name-often-run' : 'same-name'),
    settings.rotateCount === 0 ? { status: 'warn', rule: 'rule-loses-logs', why: 'rotate-zero' } : undefined,
    keepsAll(settings) ? { status: 'warn', rule: 'rule-keeps-all', why: 'rotate-unlimited' } : undefined,
    isRare(settings) ? { status: 'warn', rule: 'rule-too-rare', why: settings.criterion } : undefined,
  ];
  return found.filter((hazard) => hazard !== undefined);
}

function unsafe(applies: boolean, why: string): Hazard | undefined {
  return applies ? { status: 'fail', rule: 'rule-unsafe', why } : undefined;
}

function never(applies: boolean, why: string): Hazard | undefined {
  return applies ? { status: 'fail', rule: 'rule-never-rotates', why } : undefined;
}

/**
 * dockerd keeps its log open and goes on writing into the renamed file: nothing becomes free, and the new file stays
 * empty. `renamecopy` renames as well, also together with `copytruncate` in releases that let both stand.
 */
function renames({ copyTruncate, copy, renameCopy }: Settings): boolean {
  return renameCopy || (!copyTruncate && !copy);
}

/** Also of a rule that holds no log at all. */
export function destroysDocker({ patterns }: Block, log: DockerLog): boolean {
  return dockersOwnFiles(log).some((path) => patterns.some((pattern) => matchesPath(pattern, path)));
}

/** The pattern takes old logs for logs: they are rotated again and again, and their number has no bound. */
function rotatesRotated({ patterns, settings }: Block, log: DockerLog): boolean {
  return log.paths.some((path) =>
    rotatedNames(path, settings).some((old) => patterns.some((pattern) => matchesPath(pattern, old))),
  );
}

/** As `prerotateSingleLog` of logrotate.c (3.21.0) makes them. */
function rotatedNames(path: string, settings: Settings): readonly string[] {
  const place = rotatedPlace(path, settings);
  const [base, ending] = endingOf(place, settings);
  const name = `${base}${settings.dateExt ? dateOf(settings) : '.1'}${ending}`;
  const plain = !settings.compress || settings.delayCompress ? [name] : [];
  return settings.compress ? [...plain, name + (settings.compressExtension ?? '.gz')] : plain;
}

/** A folder that does not begin with a slash is beside the log. */
function rotatedPlace(path: string, { oldDir }: Settings): string {
  if (oldDir === undefined) return path;
  const slash = path.lastIndexOf('/');
  return `${oldDir.startsWith('/') ? oldDir : `${path.slice(0, slash)}/${oldDir}`}${path.slice(slash)}`;
}

/** What stands behind the date: `addextension` in any case, `extension` where the log has it. */
function endingOf(path: string, { addExtension, extension }: Settings): readonly [base: string, ending: string] {
  const without = (ending: string): string =>
    ending !== '' && path.endsWith(ending) ? path.slice(0, path.length - ending.length) : path;
  if (extension !== undefined && without(extension) !== path) return [without(extension), extension];
  return addExtension === undefined ? [path, ''] : [without(addExtension), addExtension];
}

function dateOf({ dateFormat = '-%Y%m%d' }: Settings): string {
  const parts: Readonly<Record<string, string>> = { '%Y': '2024', '%s': '1704067200' };
  return dateFormat.replace(/%[A-Za-z]/g, (part) => parts[part] ?? '01');
}

/**
 * Docker's folders belong to root and are closed to everybody else. Root may do all there whatever its group is:
 * Ubuntu's own logrotate.conf has `su root adm`.
 */
function actsAsRoot({ su }: Settings): boolean {
  return su === undefined || su.user === 'root' || su.user === '0';
}

/** Whether it is only that logrotate runs more often than once a day. */
function isOftenRun(settings: Settings, { days, starts }: RunTimes): boolean {
  return (days < 1 || starts.length > 1) && !repeatsName(settings, onceADay);
}

function isOutOfReach(settings: Settings, diskBytes: number | undefined): boolean {
  if (diskBytes === undefined || isReachable(settings.maxSize, diskBytes)) return false;
  return settings.criterion === 'size' ? settings.threshold >= diskBytes : settings.minSize >= diskBytes;
}

/** A log that is written to never reaches an age; `maxsize` and `size` do not ask for it. */
function waitsForQuiet({ criterion, minAge, maxSize }: Settings): boolean {
  return criterion !== 'size' && minAge > 0 && maxSize === 0;
}

function isReachable(bytes: number, diskBytes: number): boolean {
  return bytes > 0 && bytes < diskBytes;
}

function keepsAll({ rotateCount, maxAge }: Settings): boolean {
  return rotateCount === -1 && maxAge === 0;
}

/** More than a day without any bound. */
function isRare({ criterion, maxSize }: Settings): boolean {
  return maxSize === 0 && (criterion === 'weekly' || criterion === 'monthly' || criterion === 'yearly');
}
