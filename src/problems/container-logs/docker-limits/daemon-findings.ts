import type { NodeEvidence, UnknownReason } from '../../../evidence/evidence.ts';
import type { DaemonFault } from '../../../runtimes/docker/daemon-config.ts';
import { daemonConfig, faultOf, isChangedSinceStart } from '../../../runtimes/docker/daemon-fault.ts';
import type { DockerDaemon } from '../../../runtimes/docker/docker-daemon.ts';
import type { FactValue, Finding } from '../../problem.ts';
import { sortLogs } from '../logs/docker-logs.ts';
import { finding, unobservedPart, type Verdict } from '../finding.ts';
import { factOf, type NodeFacts } from '../facts.ts';
import type { DockerLogs } from '../logs/log-files.ts';
import { wasAskedFor } from '../../kit/read-fact.ts';
import { limitsInForce, limitsOf, newContainers } from '../../../runtimes/docker/default-limits.ts';

const section = factOf.daemon;

/** What is wrong with docker's own configuration; nothing when all is well. */
export function daemonFindings(node: NodeEvidence, { daemon }: NodeFacts): readonly Finding[] {
  if (!wasAskedFor(node, section)) return [];
  if (daemon.state === 'unknown') return [unobservedPart(node.name, 'daemon-unknown', section, daemon.reason)];
  if (daemon.state === 'not-looked-at' || daemon.value === 'no-docker') return [];
  const verdict = daemonVerdict(daemon.value);
  if (verdict === 'closed') return [unobservedPart(node.name, 'daemon-unknown', section, closedBecause(daemon.value))];
  return verdict === undefined ? [] : [finding(node.name, { ...verdict, sections: [section] })];
}

function closedBecause({ file }: DockerDaemon): UnknownReason {
  return file.state === 'closed' && file.refused !== undefined ? 'unproven' : 'malformed';
}

function daemonVerdict(daemon: DockerDaemon): Verdict | 'closed' | undefined {
  const config = daemonConfig(daemon);
  if (config === undefined) return 'closed';
  const fault = faultOf(daemon, config);
  if (fault !== undefined) return broken(daemon, fault);
  if (config.state !== 'valid' || !isChangedSinceStart(daemon)) return undefined;
  const limits = limitsOf(daemon, config.options);
  if (limitsInForce(daemon) !== undefined || newContainers(limits) !== 'bounded') return undefined;
  const params = { file: daemon.file.path, maxSize: limits.maxSize ?? '' };
  return { status: 'warn', rule: 'daemon-limits-pending', params };
}

function broken({ file, startedAt }: DockerDaemon, fault: DaemonFault): Verdict {
  const what = 'line' in fault ? fault.line : fault.what;
  const driver = 'driver' in fault ? { driver: fault.driver } : {};
  const state = startedAt === undefined ? 'does not run' : 'runs';
  return {
    // docker may start with these: older releases, and those that have a plugin.
    status: fault.why === 'text-behind' || fault.why === 'log-driver' ? 'warn' : 'fail',
    rule: 'daemon-config-broken',
    why: fault.why,
    params: { file: file.path, what, ...driver },
    facts: { dockerd: state },
  };
}

/** Numbers on who bounds the logs, for people and JSON. */
export function limitFacts({ daemon }: NodeFacts, docker: DockerLogs): Readonly<Record<string, FactValue>> {
  if (daemon.state !== 'seen' || daemon.value === 'no-docker') return {};
  const { bounded, elsewhere } = sortLogs(docker);
  const limits = limitsInForce(daemon.value);
  // A container has the daemon's default of its own day written into it: today's is told apart by its value.
  const byDefault =
    limits?.maxSize === undefined ? 0 : bounded.filter(({ maxSize }) => maxSize === limits.maxSize).length;
  const unbounded = docker.containers.length - bounded.length - elsewhere.length;
  return {
    limits: { byDefault, byThemselves: bounded.length - byDefault, none: unbounded, elsewhere: elsewhere.length },
    ...(limits === undefined
      ? {}
      : {
          newContainers: { driver: limits.driver, maxSize: limits.maxSize ?? '', maxFile: limits.maxFile ?? '' },
          liveRestore: limits.liveRestore,
        }),
  };
}
