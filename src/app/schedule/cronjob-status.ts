import { z } from 'zod';
import type { JsonObject, KubernetesApi } from '../../kubernetes/api.ts';
import { scheduleLabel, scheduleNamespace } from './cronjob-manifest.ts';
import type { ScheduleStatus } from './schedule-status.ts';

/** Of a CronJob (batch/v1), what tells how its schedule is. */
const shape = z.object({
  metadata: z.object({ name: z.string() }),
  spec: z.object({ schedule: z.string(), suspend: z.boolean().optional() }),
  status: z
    .object({
      active: z.array(z.unknown()).optional(),
      lastScheduleTime: z.string().optional(),
      lastSuccessfulTime: z.string().optional(),
    })
    .optional(),
});

type CronJobView = z.output<typeof shape>;

/** The CronJobs that `schedule install --as cronjob` wrote, as the API server has them. @throws NodemendError API_… */
export async function cronJobStatuses(api: KubernetesApi, signal: AbortSignal): Promise<readonly ScheduleStatus[]> {
  const path = `/apis/batch/v1/namespaces/${scheduleNamespace}/cronjobs`;
  const labelSelector = Object.entries(scheduleLabel)
    .map(([key, value]) => `${key}=${value}`)
    .join(',');
  return (await api.list(path, { signal, labelSelector, project: (raw: JsonObject) => shape.parse(raw) })).map(
    statusOf,
  );
}

function statusOf({ metadata, spec, status = {} }: CronJobView): ScheduleStatus {
  const { active = [], lastScheduleTime, lastSuccessfulTime } = status;
  const isRunning = active.length > 0;
  // A Job ends after it was due: the last one did well when a success is younger than it.
  const succeeded =
    lastScheduleTime !== undefined && lastSuccessfulTime !== undefined && lastSuccessfulTime >= lastScheduleTime;
  return {
    name: metadata.name,
    kind: 'cronjob',
    every: spec.schedule,
    command: [],
    parts: [],
    state: spec.suspend === true ? 'stopped' : isRunning ? 'running' : 'ready',
    ...(lastScheduleTime === undefined || isRunning
      ? {}
      : { last: { verdict: succeeded ? 'complete' : 'failed', startedAt: lastScheduleTime, isGood: succeeded } }),
  };
}
