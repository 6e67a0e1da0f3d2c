import { existsSync } from 'node:fs';
import { hostname } from 'node:os';
import { approvalText } from '../../engine/schedule/read-approval.ts';
import { scheduleSchema, type ScheduleRecord } from '../../engine/schedule/schedule-record.ts';
import type { StandingApproval } from '../../engine/schedule/standing-approval.ts';
import { NodemendError } from '../../errors/nodemend-error.ts';
import { ownUser } from '../../transport/own-user.ts';
import type { MadeApproval } from '../approvals/make-approval.ts';
import type { Environment, Ports } from '../ports.ts';
import { cronJobManifest, podFiles, type CronJobRequest } from './cronjob-manifest.ts';
import { installationOf, installSchedule, type Installation } from './install-schedule.ts';
import { machineSurroundings } from './machine-surroundings.ts';
import { scheduleFolder } from './schedule-folder.ts';

export interface ScheduleRequest extends Pick<
  ScheduleRecord,
  'kind' | 'name' | 'rhythm' | 'command' | 'changes' | 'onFailure'
> {
  /** Of a command that changes nodes; asked for when all else is in order. */
  readonly makeApproval: () => Promise<MadeApproval>;
}

export interface PreparedSchedule {
  readonly record: Omit<ScheduleRecord, 'written'>;
  readonly made: MadeApproval | undefined;
}

/**
 * What will be written; nothing is yet. @throws NodemendError SCHEDULE_EXISTS, SCHEDULE_ENVIRONMENT_SECRET, and
 * those of the approval
 */
export async function prepareSchedule(request: ScheduleRequest, ports: Ports): Promise<PreparedSchedule> {
  const { kind, name, rhythm, command, changes, onFailure } = request;
  const isInPod = kind === 'cronjob';
  const approval = isInPod ? podFiles.approval : freeFolder(name, ports.environment).approval;
  const environment = isInPod ? {} : machineSurroundings(ports);
  const made = changes ? await request.makeApproval() : undefined;
  return {
    made,
    record: {
      schema: scheduleSchema,
      name,
      kind,
      installedAt: ports.now().toISOString(),
      installedBy: `${ownUser()}@${hostname()}`,
      rhythm,
      command: [...command, ...(made ? ['--approval', approval] : [])],
      changes,
      environment,
      ...(onFailure ? { onFailure } : {}),
    },
  };
}

function freeFolder(name: string, environment: Environment): ReturnType<typeof scheduleFolder> {
  const folder = scheduleFolder(name, environment);
  if (existsSync(folder.record)) throw new NodemendError('SCHEDULE_EXISTS', { name, path: folder.path });
  return folder;
}

/** The text of a CronJob; a source has another name in its pod. @throws NodemendError IMAGE_NOT_PINNED */
export function preparedManifest(
  { record, made }: PreparedSchedule,
  beside: Pick<CronJobRequest, 'source' | 'image'>,
): { readonly manifest: string; readonly approval: StandingApproval | undefined } {
  const approval = made && approvalInPod(made.approval);
  return { approval, manifest: cronJobManifest({ ...beside, record, approval: approval && approvalText(approval) }) };
}

function approvalInPod(approval: StandingApproval): StandingApproval {
  return approval.source ? { ...approval, source: { ...approval.source, path: podFiles.source } } : approval;
}

export interface InstallRequest extends PreparedSchedule {
  readonly spreadSeconds: number;
  /** Shown all that will be written; resolves when it shall. @throws NodemendError APPROVAL_… */
  readonly approve: (installation: Installation) => Promise<void>;
}

/** @returns the folder of the schedule @throws NodemendError APPROVAL_…, and those of `installSchedule` */
export async function installPrepared(
  { record, made, spreadSeconds, approve }: InstallRequest,
  ports: Ports,
): Promise<string> {
  const folder = scheduleFolder(record.name, ports.environment);
  const installation = installationOf({ record, folder, spreadSeconds, local: made?.local ?? false }, ports);
  await approve(installation);
  await installSchedule({ ...installation, record, folder, approval: made && approvalText(made.approval) }, ports);
  return folder.path;
}
