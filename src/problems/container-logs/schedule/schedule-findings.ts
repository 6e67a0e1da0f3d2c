import type { NodeEvidence } from '../../../evidence/evidence.ts';
import type { Finding } from '../../problem.ts';
import { sortLogs } from '../logs/docker-logs.ts';
import { finding, unobservedPart } from '../finding.ts';
import { factOf, type NodeFacts } from '../facts.ts';
import type { DockerLogs } from '../logs/log-files.ts';
import type { RotationRun } from '../rotation/rotation.ts';
import { wasAskedFor } from '../../kit/read-fact.ts';
import { scheduledRuns } from './scheduled-runs.ts';
import { scheduleVerdicts } from './schedule-verdicts.ts';

const section = factOf.scheduler;

/** Whether what keeps docker's logs small is ever started; nothing where no log needs it. */
export function scheduleFindings(
  node: NodeEvidence,
  { scheduler }: NodeFacts,
  docker: DockerLogs,
  { configurations }: RotationRun,
): readonly Finding[] {
  if (!wasAskedFor(node, section) || sortLogs(docker).unbounded.length === 0) return [];
  if (scheduler.state === 'unknown') return [unobservedPart(node.name, 'schedule-unknown', section, scheduler.reason)];
  if (scheduler.state === 'not-looked-at' || scheduler.value === 'no-docker') return [];
  const verdicts = scheduleVerdicts(scheduler.value, docker.containersFolder, configurations);
  // What a run is given, a shell alone may know.
  const isUnknown = scheduledRuns(scheduler.value).some((run) => run.configurations.includes('?'));
  if (isUnknown && verdicts.some(({ rule }) => rule === 'logrotate-not-scheduled'))
    return [unobservedPart(node.name, 'schedule-unknown', section, 'malformed')];
  return verdicts.map((verdict) => finding(node.name, { ...verdict, sections: [section, factOf.logFiles] }));
}
