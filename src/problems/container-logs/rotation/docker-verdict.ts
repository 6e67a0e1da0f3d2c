import type { FactValue } from '../../problem.ts';
import type { DiskRoom } from '../../../disk/room.ts';
import type { DockerLog } from '../logs/watched-logs.ts';
import type { Block, Complaint } from '../../../logrotate/configuration.ts';
import { coverageOf, type Coverage } from './coverage.ts';
import { placesOf } from './rule-target.ts';
import type { SortedLogs } from '../logs/docker-logs.ts';
import type { RuleFor, Verdict } from '../finding.ts';
import { destroysDocker, hangsOnSchedule, hazardsOf, type Hazard } from './hazards.ts';
import { outgrownLog } from './log-room.ts';
import type { Rotation } from './rotation.ts';
import { suspectsOf, type Suspect } from './suspects.ts';

/** Whether logrotate keeps the logs of docker's containers small, and if not, the one thing that explains it best. */
export function dockerVerdict(rotation: Rotation, logs: SortedLogs, room: DiskRoom | undefined): Verdict {
  if (logs.unbounded.length === 0) return nothingToRotate(logs);
  const destroyer = rotation.configuration.blocks.find((block) =>
    logs.unbounded.some((log) => destroysDocker(block, log)),
  );
  if (destroyer !== undefined) return fail('rule-unsafe', 'other-files', { file: destroyer.file });
  const coverage = coverageOf(logs.unbounded, rotation);
  const passedOver = coverage.find((log) => log.state === 'passed-over');
  if (coverage.some((log) => log.state === 'uncovered')) return uncovered(rotation, logs, coverage);
  if (passedOver !== undefined) {
    return fail('rule-does-not-cover', passedOver.why, { file: passedOver.block.file }, unrotated(coverage));
  }
  return covered(rotation, coverage, room);
}

function nothingToRotate({ bounded, newContainers }: SortedLogs): Verdict {
  return {
    status: 'pass',
    rule: bounded.length > 0 || newContainers === 'bounded' ? 'bounded-by-daemon' : 'other-log-driver',
  };
}

function uncovered(rotation: Rotation, logs: SortedLogs, coverage: readonly Coverage[]): Verdict {
  const places = placesOf(logs.unbounded, []);
  const [suspect] = suspectsOf(rotation, places);
  const facts = unrotated(coverage);
  if (suspect !== undefined) return suspected(suspect, facts);
  // Some containers have a limit of their own: whoever reads "missing" would look at the wrong ones.
  return fail('rule-missing', logs.bounded.length > 0 ? 'partly-bounded' : 'none', {}, facts);
}

function suspected(suspect: Suspect, facts: Verdict['facts']): Verdict {
  const { file } = suspect;
  switch (suspect.kind) {
    case 'broken':
      return fail('rule-broken', faultOf(suspect.because), { file, ...place(suspect.because) }, facts);
    case 'ignored':
      return fail('rule-ignored', suspect.why, { file, detail: suspect.detail }, facts);
    case 'misses':
      return fail('rule-does-not-cover', suspect.why, { file }, facts);
    case 'spoilt':
      return fail('rule-ignored', suspect.why, { file }, facts);
  }
}

/** Since 3.19 the carriage return of a file that was written on Windows is an error like any other odd character. */
function faultOf({ code, what }: Complaint): string {
  return code === 'bad-line' && what === '\r' ? 'windows-line-ends' : code;
}

/** The fault may stand in another file than the rule: one that it includes, or one that includes it. */
function place({ file, line, what }: Complaint): {
  readonly faultFile: string;
  readonly line: number;
  readonly what: string;
} {
  return { faultFile: file, line, what };
}

function covered(rotation: Rotation, coverage: readonly Coverage[], room: DiskRoom | undefined): Verdict {
  const held = [...holders(coverage)];
  const hazards = held.flatMap(([block, log]) =>
    hazardsOf(block, log, { diskBytes: room?.size, run: rotation.run }).map((hazard) => ({ hazard, block })),
  );
  const worst = hazards.find(({ hazard }) => hazard.status === 'fail');
  if (worst !== undefined) return fromHazard(worst.hazard, worst.block);
  const outgrown = outgrownLog(coverage, room);
  if (outgrown !== undefined) return outgrows(outgrown);
  const fault = held.flatMap(([block]) => faultsOf(block, rotation))[0];
  if (fault !== undefined) {
    const { rule, why, complaint } = fault;
    return { status: 'warn', rule, why, params: { file: complaint.file, ...place(complaint) } };
  }
  const doubtful = hazards[0];
  if (doubtful !== undefined) return fromHazard(doubtful.hazard, doubtful.block);
  return { status: 'pass', rule: 'rule-ok', params: { file: held[0]?.[0].file ?? '' } };
}

/** Whether how often logrotate runs decides if it rotates these logs at all. */
export function rulesHangOnSchedule(rotation: Rotation, logs: SortedLogs): boolean {
  return [...holders(coverageOf(logs.unbounded, rotation)).keys()].some(({ settings }) => hangsOnSchedule(settings));
}

function outgrows({ log: { container }, block }: NonNullable<ReturnType<typeof outgrownLog>>): Verdict {
  const params = { file: block.file, container: container.name ?? container.id.slice(0, 12) };
  return { status: 'fail', rule: 'log-outgrows-room', params };
}

/** Each block that holds a log, with one of its logs. */
function holders(coverage: readonly Coverage[]): ReadonlyMap<Block, DockerLog> {
  const blocks = new Map<Block, DockerLog>();
  for (const log of coverage) if (log.state === 'covered') blocks.set(log.block, log.log);
  return blocks;
}

interface Fault {
  readonly rule: 'rule-has-errors' | 'rule-duplicate';
  readonly why: string;
  readonly complaint: Complaint;
}

/** What logrotate complains about although the block stays in force. */
function faultsOf(block: Block, { configuration, files }: Rotation): readonly Fault[] {
  const text = files.files.get(block.file)?.content ?? '';
  const firstLine = lineOf(text, block.start);
  const lastLine = lineOf(text, block.end ?? text.length);
  const inside = configuration.complaints.filter(
    ({ file, line, code }) =>
      file === block.file &&
      line >= firstLine &&
      line <= lastLine &&
      (code === 'unknown-directive' || code === 'unclosed'),
  );
  // Before 3.19 a rule stays in force with what was read of it when its file is given up.
  const halfRead = configuration.abandoned.filter(
    ({ because }) => because.file === block.file && because.line >= firstLine && because.line <= lastLine,
  );
  const duplicates = configuration.complaints.filter(
    ({ code, what }) => code === 'duplicate' && block.files.includes(what),
  );
  return [
    ...halfRead.map(({ because }): Fault => ({ rule: 'rule-has-errors', why: 'half-read', complaint: because })),
    ...inside.map((complaint): Fault => ({ rule: 'rule-has-errors', why: complaint.code, complaint })),
    ...duplicates.map((complaint): Fault => ({ rule: 'rule-duplicate', why: 'second-rule', complaint })),
  ];
}

function lineOf(text: string, offset: number): number {
  return text.slice(0, offset).split('\n').length;
}

function fromHazard(hazard: Hazard, { file }: Block): Verdict {
  return { ...hazard, params: { file } };
}

function fail(
  rule: RuleFor<'fail'>,
  why: string,
  params: NonNullable<Verdict['params']>,
  facts: Verdict['facts'] = {},
): Verdict {
  return { status: 'fail', rule, why, params, facts };
}

/** Containers whose logs nothing keeps small; the one to come has no name yet. */
function unrotated(coverage: readonly Coverage[]): Readonly<Record<string, FactValue>> {
  const names = coverage
    .filter(({ state, log }) => state !== 'covered' && log.file.allocated + log.file.size > 0)
    .map(({ log }) => log.container.name ?? log.container.id.slice(0, 12));
  return { unrotated: names };
}
