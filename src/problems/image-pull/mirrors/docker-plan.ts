import type { FileAction } from '../../../actions/file/file-action.ts';
import type { ServiceAction } from '../../../actions/service/service-action.ts';
import type { Mirror } from './mirror.ts';
import { daemonConfig, faultOf } from '../../../runtimes/docker/daemon-fault.ts';
import type { DaemonFile, DockerDaemon } from '../../../runtimes/docker/docker-daemon.ts';
import { fileChange, fileObstacle, fileText, type FileObstacle } from '../../kit/file-edit.ts';
import { joinedPlans, nothingPlanned, refusedPlan } from '../../kit/plan-parts.ts';
import type { ProblemPlan } from '../../problem.ts';
import { problemId } from '../finding.ts';
import type { MirrorContext } from './mirror-context.ts';
import { newFile } from './new-file.ts';
import { pingUrl } from './ping-url.ts';
import { dockerUnit } from './registry-facts.ts';
import { isSame, withMirrors } from '../../../runtimes/docker/with-mirrors.ts';

/**
 * `registry-mirrors` of dockerd, put into force by a reload. dockerd has mirrors for Docker Hub alone, and asks Docker
 * Hub itself when they fail.
 */
export function planDockerMirrors(
  context: MirrorContext,
  daemon: DockerDaemon,
  mirrors: readonly Mirror[],
): ProblemPlan {
  const unfit = mirrors.map((mirror) => ({ mirror, why: unfitness(mirror) })).filter(({ why }) => why !== undefined);
  const fit = mirrors.filter((mirror) => unfitness(mirror) === undefined);
  const refused = unfit.map(({ mirror, why }) =>
    refusedPlan(context.cures, why ?? '', { registry: mirror.registry, url: mirror.url }),
  );
  return joinedPlans([...refused, ...(fit.length === 0 ? [] : [planFit(context, daemon, fit)])]);
}

/** moby registry/config.go, ValidateMirror: an address alone. */
function unfitness({ registry, path, isOnly }: Mirror): string | undefined {
  if (registry !== 'docker.io') return 'mirror-docker-hub-only';
  if (path !== '') return 'mirror-docker-path';
  return isOnly ? 'mirror-docker-falls-back' : undefined;
}

function planFit(context: MirrorContext, daemon: DockerDaemon, mirrors: readonly Mirror[]): ProblemPlan {
  const config = daemonConfig(daemon);
  const { file } = daemon;
  if (config?.state !== 'valid' || faultOf(daemon, config) !== undefined)
    return refusedPlan(context.cures, 'mirror-daemon-broken', { file: file.path });
  const missing = mirrors.filter(({ url }) => !config.options.registryMirrors.some((present) => isSame(present, url)));
  if (missing.length === 0) return nothingPlanned;
  const obstacle = obstacleOf(daemon);
  if (obstacle !== undefined) return refusedPlan(context.cures, obstacle, { file: file.path });
  const unit = dockerUnit(context.node);
  if (unit === undefined) return refusedPlan(context.cures, 'mirror-docker-no-unit', {});
  const authorities = missing.flatMap(({ authority, host }) => {
    if (authority === undefined) return [];
    return [
      newFile({
        ...context,
        path: authorityPath(host),
        content: authority,
        why: { key: 'why.mirror-authority', params: { host } },
      }),
    ];
  });
  return { actions: [...authorities, fileAction(context, file, missing), reload(context, unit, missing)], refused: [] };
}

/** Where dockerd looks for what it may trust of a registry (its reference, "Understand the configuration"). */
function authorityPath(host: string): string {
  return `/etc/docker/certs.d/${host}/nodemend-mirror.crt`;
}

/** Why the file cannot be taken over into a plan. */
function obstacleOf({ file, flags }: DockerDaemon): string | undefined {
  // dockerd refuses to start with mirrors in both places.
  if (flags.has('--registry-mirror')) return 'mirror-docker-flag';
  if (file.state === 'closed') return 'mirror-daemon-broken';
  if (file.state === 'missing') return undefined;
  const obstacle = fileObstacle(file);
  return obstacle && obstacles[obstacle];
}

const obstacles: Readonly<Record<FileObstacle, string>> = {
  symlink: 'mirror-docker-link',
  'not-a-file': 'mirror-daemon-broken',
  unread: 'mirror-daemon-broken',
  'holds-secrets': 'mirror-docker-secrets',
  'not-text': 'mirror-docker-not-text',
};

function fileAction({ node, cures }: MirrorContext, file: DaemonFile, mirrors: readonly Mirror[]): FileAction {
  const answers = mirrors.map((mirror) => ({
    check: `${problemId}/mirror-answers`,
    args: [pingUrl(mirror), mirror.authority === undefined ? '' : authorityPath(mirror.host)],
  }));
  const urls = mirrors.map(({ url }) => url);
  return {
    kind: 'file',
    id: `file:${node.name}:${file.path}`,
    problem: problemId,
    node: node.name,
    cures,
    why: { key: 'why.mirror-docker', params: { url: urls.join(', ') } },
    path: file.path,
    ...(file.state === 'missing' && !file.hasFolder ? { makesFolder: true as const } : {}),
    ...change(file, urls),
    validate: [{ check: `${problemId}/daemon-accepts-mirrors`, args: [] }, ...answers],
    verify: [],
  };
}

function change(file: DaemonFile, urls: readonly string[]): Pick<FileAction, 'from' | 'to'> {
  if (file.state === 'read') return fileChange(file, withMirrors(fileText(file), urls));
  return fileChange(undefined, `${JSON.stringify({ 'registry-mirrors': urls }, undefined, 2)}\n`);
}

interface Unit {
  readonly unit: string;
  readonly fragment: string;
}

/**
 * Registry mirrors are among what a running dockerd takes over (moby daemon/reload.go, reloadRegistryConfig, since
 * 17.06).
 */
function reload({ node, cures }: MirrorContext, { unit, fragment }: Unit, mirrors: readonly Mirror[]): ServiceAction {
  return {
    kind: 'service',
    id: `service:${node.name}:${unit}`,
    problem: problemId,
    node: node.name,
    cures,
    why: { key: 'why.mirror-docker-reload', params: { unit } },
    operation: 'reload',
    unit,
    fragment,
    daemonReload: false,
    verify: [{ check: `${problemId}/docker-has-mirrors`, args: mirrors.map(({ url }) => url) }],
  };
}
