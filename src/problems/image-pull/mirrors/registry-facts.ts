import type { NodeEvidence, Observed } from '../../../evidence/evidence.ts';
import type { Fact } from '../../../evidence/fact.ts';
import { containerdRegistries } from '../../../runtimes/containerd/registries.ts';
import { dockerDaemon, type DockerDaemon } from '../../../runtimes/docker/docker-daemon.ts';
import { systemdUnits } from '../../../runtimes/systemd/units.ts';
import { readFact } from '../../kit/read-fact.ts';

/** Where this problem gets its knowledge of a node from. */
export const registryFacts: readonly Fact[] = [containerdRegistries, dockerDaemon, systemdUnits];

/** How dockerd was started. One that does not run pulls nothing. */
export function dockerFacts(node: NodeEvidence): Observed<DockerDaemon | 'no-docker'> {
  const daemon = readFact(node, dockerDaemon);
  const isStopped = daemon.state === 'seen' && daemon.value !== 'no-docker' && !daemon.value.isRunning;
  return isStopped ? { state: 'seen', value: 'no-docker' } : daemon;
}

/** The unit's own file, where dockerd is a unit's process. */
export function dockerUnit(node: NodeEvidence): { readonly unit: string; readonly fragment: string } | undefined {
  const units = readFact(node, systemdUnits);
  const { unit, fragment } = (units.state === 'seen' ? units.value.get('dockerd') : undefined) ?? {};
  return unit === undefined || fragment === undefined ? undefined : { unit, fragment };
}
