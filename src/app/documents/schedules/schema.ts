import { z } from 'zod';

const lastRun = z.strictObject({
  schedule: z.string().exactOptional(),
  startedAt: z.string().meta({ description: 'RFC 3339.' }),
  endedAt: z.string().exactOptional().meta({ description: 'RFC 3339.' }),
  exitCode: z.int().exactOptional().meta({ description: 'Of the command; 128 and more when a signal ended it.' }),
  verdict: z.string().meta({ description: 'done, findings, refused …: what the exit code means.' }),
  run: z.string().exactOptional().meta({ description: 'The run that it made, for undo.' }),
  error: z.string().exactOptional().meta({ description: 'Code of the error that ended it.' }),
  onFailure: z.string().exactOptional().meta({ description: 'How the command of --on-failure ended.' }),
  isGood: z.boolean(),
});

const schedule = z.strictObject({
  name: z.string(),
  kind: z.enum(['systemd', 'cron', 'cron.d', 'cronjob']),
  every: z.string().meta({ description: 'A word of --every; of a CronJob its five fields.' }),
  command: z.array(z.string()).meta({ description: 'Empty where it is not known.' }),
  state: z.enum(['ready', 'running', 'edited', 'gone', 'stopped', 'overdue', 'unknown']),
  parts: z.array(
    z.strictObject({
      part: z.string().meta({ description: 'A path, or crontab.' }),
      state: z.enum(['as-installed', 'edited', 'gone']),
    }),
  ),
  next: z.string().exactOptional().meta({ description: 'When it comes up next, RFC 3339.' }),
  last: lastRun.exactOptional().meta({ description: 'Absent when it never ran.' }),
  cron: z
    .enum(['absent', 'unknown'])
    .exactOptional()
    .meta({ description: 'Of what cron would run: no cron runs, or it cannot be seen whether one does.' }),
  detail: z.string().exactOptional().meta({ description: 'Why the state is unknown, in English.' }),
  error: z
    .strictObject({ code: z.string(), params: z.record(z.string(), z.union([z.string(), z.number()])) })
    .exactOptional()
    .meta({ description: 'The same, by its code of the reference.' }),
});

/** The published form of `schedule status -o json`. It grows by optional fields; anything else is a new version. */
export const schedulesSchema = z.strictObject({
  schema: z.literal('nodemend.dev/schedules/v1'),
  schedules: z.array(schedule),
});
