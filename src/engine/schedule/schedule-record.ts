import { z } from 'zod';
import { formFault, notJson, problemParams } from '../../errors/form-fault.ts';
import { NodemendError } from '../../errors/nodemend-error.ts';
import { intervalWords } from './interval.ts';

export const scheduleSchema = 'nodemend.dev/schedule/v1';

export const scheduleKinds = ['systemd', 'cron', 'cron.d', 'cronjob'] as const;
export type ScheduleKind = (typeof scheduleKinds)[number];

const sha256 = z.string().regex(/^[0-9a-f]{64}$/u);
const text = z.string().min(1);

/** What install wrote beside this record, and what it looked like: remove takes out exactly that, and a pod reads nothing else. */
const written = z.discriminatedUnion('what', [
  z.strictObject({ what: z.literal('file'), path: text, sha256 }),
  z.strictObject({ what: z.literal('crontab'), sha256 }),
]);

const nameShape = z.string().regex(/^[a-z0-9](?:[a-z0-9-]{0,38}[a-z0-9])?$/u);

const recordFields = z.strictObject({
  schema: z.literal(scheduleSchema),
  name: nameShape,
  kind: z.enum(scheduleKinds),
  installedAt: z.iso.datetime(),
  installedBy: text,
  rhythm: z.strictObject({
    every: z.enum(intervalWords),
    hour: z.int().min(0).max(23),
    minute: z.int().min(0).max(59),
  }),
  /** nodemend's words; every path in them is absolute. */
  command: z.array(text).min(1).readonly(),
  /** Whether it changes nodes, and so has a standing approval. */
  changes: z.boolean(),
  /** Of the command: what decides which files and programs it means. Nothing secret. */
  environment: z.record(z.string(), z.string()),
  /** Program, absolute, and arguments. */
  onFailure: z.array(text).min(1).readonly().exactOptional(),
  written: z.array(written).readonly(),
});

/** No program is named by an object of the cluster: a Job that failed is the sign. */
const recordShape = recordFields.refine(({ kind, onFailure }) => kind !== 'cronjob' || onFailure === undefined, {
  path: ['onFailure'],
  message: 'not in a cluster',
});

/** A schedule as install left it: `schedule.json` in its folder, or in a ConfigMap. */
export type ScheduleRecord = Readonly<z.output<typeof recordShape>>;
export type WrittenPart = ScheduleRecord['written'][number];

/** The command as somebody would type it: without the approval that install gave it. */
export function shownCommand({ command, changes }: Pick<ScheduleRecord, 'command' | 'changes'>): readonly string[] {
  return ['nodemend', ...(changes ? command.slice(0, -2) : command)];
}

export function scheduleText(record: ScheduleRecord): string {
  return `${JSON.stringify(record, undefined, 2)}\n`;
}

/** @throws NodemendError SCHEDULE_INVALID */
export function readSchedule(json: string, file: string): ScheduleRecord {
  let value: unknown;
  try {
    value = JSON.parse(json);
  } catch (cause) {
    throw new NodemendError('SCHEDULE_INVALID', { file, ...problemParams(notJson(cause)) }, { cause });
  }
  const parsed = recordShape.safeParse(value);
  if (parsed.success) return parsed.data;
  throw new NodemendError('SCHEDULE_INVALID', { file, ...problemParams(formFault(parsed.error.issues)) });
}

/**
 * A name is a part of names of units, of files in /etc/cron.d (no dot: run-parts(8)) and of Kubernetes objects. @throws
 * NodemendError SCHEDULE_NAME_INVALID
 */
export function requireScheduleName(name: string): string {
  if (!nameShape.safeParse(name).success) throw new NodemendError('SCHEDULE_NAME_INVALID', { name });
  return name;
}
