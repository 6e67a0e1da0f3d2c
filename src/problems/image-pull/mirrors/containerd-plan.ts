import type { CheckReference } from '../../../actions/action.ts';
import type { Mirror } from './mirror.ts';
import { nothingPlanned, refusedPlan } from '../../kit/plan-parts.ts';
import type { ProblemPlan } from '../../problem.ts';
import { problemId } from '../finding.ts';
import {
  defaultConfigPath,
  readContainerdConfig,
  type RegistrySettings,
} from '../../../runtimes/containerd/containerd-config.ts';
import { hostFolder, hostFolders } from '../../../runtimes/containerd/host-folder.ts';
import { hostsText } from './hosts-text.ts';
import { newFile } from './new-file.ts';
import { pingUrl } from './ping-url.ts';
import type { MirrorContext } from './mirror-context.ts';
import { containerdVersion } from './pulls-with.ts';
import type { ContainerdFacts } from '../../../runtimes/containerd/registries.ts';

/**
 * A folder of the registry's own below `config_path`, with a `hosts.toml`: containerd reads it at the next pull,
 * nothing is restarted. Only where the containerd that runs surely looks there; what somebody else has written is left
 * alone.
 */
export function planContainerdMirror(context: MirrorContext, facts: ContainerdFacts, mirror: Mirror): ProblemPlan {
  const root = rootOf(context, facts);
  if ('why' in root) return refusedPlan(context.cures, root.why, { file: root.file, registry: mirror.registry });
  const folder = `${root.folder}/${hostFolder(mirror.registry)}`;
  const authorityFile = mirror.authority === undefined ? undefined : `${folder}/nodemend-mirror.crt`;
  const text = hostsText(mirror, authorityFile);
  const taken = takenBy(root.folders, facts, mirror);
  if (taken !== undefined) {
    const isOurs = facts.hostsFiles.some(
      (file) => file.path === `${taken}/hosts.toml` && withoutComments(text) === withoutLayout(file.text),
    );
    return isOurs
      ? nothingPlanned
      : refusedPlan(context.cures, 'mirror-folder-taken', { folder: taken, registry: mirror.registry });
  }
  const follows: CheckReference = { check: `${problemId}/containerd-follows`, args: [root.folders.join(':')] };
  const answers: CheckReference = {
    check: `${problemId}/mirror-answers`,
    args: [pingUrl(mirror), authorityFile ?? ''],
  };
  const why = {
    key: mirror.isOnly ? 'why.mirror-containerd-only' : 'why.mirror-containerd',
    params: { registry: mirror.registry, url: mirror.url },
  };
  const authority =
    authorityFile === undefined
      ? []
      : [
          newFile({
            ...context,
            path: authorityFile,
            content: mirror.authority ?? '',
            why: { key: 'why.mirror-authority', params: { host: mirror.host } },
          }),
        ];
  const hosts = newFile({
    ...context,
    path: `${folder}/hosts.toml`,
    content: text,
    why,
    validate: [follows, answers],
    verify: [follows],
  });
  return { actions: [...authority, hosts], refused: [] };
}

interface Root {
  readonly folder: string;
  readonly folders: readonly string[];
}

interface Obstacle {
  readonly why: string;
  readonly file: string;
}

/** Where the running containerd looks for folders of registries, the first of them. */
function rootOf({ node }: MirrorContext, facts: ContainerdFacts): Root | Obstacle {
  const config = readContainerdConfig(facts.files);
  if (facts.closed !== undefined) return { why: 'mirror-config-unread', file: facts.closed };
  if (config.state !== 'read')
    return { why: config.state === 'split' ? 'mirror-config-split' : 'mirror-config-unread', file: config.file };
  const { settings } = config;
  return rootIn(settings, {
    facts,
    version: containerdVersion(node),
    file: settings.file === '' ? facts.config : settings.file,
  });
}

interface Running {
  readonly facts: ContainerdFacts;
  readonly version: string | undefined;
  readonly file: string;
}

function rootIn(settings: RegistrySettings, { facts, version, file }: Running): Root | Obstacle {
  // Any of them keeps the plugin from loading, or has containerd pull in the old way.
  if (settings.mirrors.length > 0 || settings.tls.length > 0) return { why: 'mirror-old-table', file };
  const folders = settings.configPath.length > 0 ? settings.configPath : defaultConfigPath(version);
  if (folders === undefined) return { why: 'mirror-version-unknown', file };
  const [folder] = folders;
  if (!folder?.startsWith('/')) return { why: 'mirror-no-config-path', file };
  return facts.isChangedSinceStart ? { why: 'mirror-restart-pending', file } : { folder, folders };
}

/** The folder that containerd takes for this registry already. */
function takenBy(roots: readonly string[], { hosts }: ContainerdFacts, { registry }: Mirror): string | undefined {
  return roots
    .flatMap((root) => hostFolders(registry).map((name) => `${root}/${name}`))
    .find((folder) => hosts.includes(folder));
}

/** As the probe shows a file: without comments and indentation. */
function withoutComments(text: string): string {
  return withoutLayout(
    text
      .split('\n')
      .filter((line) => !line.startsWith('#'))
      .join('\n'),
  );
}

function withoutLayout(text: string): string {
  return text
    .split('\n')
    .map((line) => line.trim())
    .join('\n')
    .trim();
}
