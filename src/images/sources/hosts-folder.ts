import type { NodeEvidence } from '../../evidence/evidence.ts';
import { readFact } from '../../problems/kit/read-fact.ts';
import { defaultConfigPath, readContainerdConfig } from '../../runtimes/containerd/containerd-config.ts';
import { hostFolders } from '../../runtimes/containerd/host-folder.ts';
import { endpointsOf, type Endpoint } from '../../runtimes/containerd/old-registries.ts';
import { containerdRegistries, type ContainerdFacts } from '../../runtimes/containerd/registries.ts';
import { reportedRuntime } from '../../runtimes/reported-runtime.ts';
import type { ManifestQuestion } from './source-answer.ts';

/**
 * Where containerd looks for the hosts' folders, as one folder, which is all that `ctr` takes: of several the first that
 * has one for this registry. Undefined where none is configured, or it is not known.
 * @param version of containerd; undefined where it is not known
 */
function hostsFolder(facts: ContainerdFacts, version: string | undefined, registry: string): string | undefined {
  const config = readContainerdConfig(facts.files);
  if (config.state !== 'read') return undefined;
  const { configPath } = config.settings;
  const folders = configPath.length > 0 ? configPath : (defaultConfigPath(version) ?? []);
  const names = [...hostFolders(registry), '_default'];
  return folders.find((folder) => names.some((name) => facts.hosts.includes(`${folder}/${name}`))) ?? folders[0];
}

/**
 * Where containerd's CRI plugin looks by its old tables; undefined where it goes by hosts' folders, or is not known to
 * have such tables. `ctr` reads neither table: each endpoint is a place of its own to it.
 */
export function oldEndpoints(node: NodeEvidence, registry: string): readonly Endpoint[] | undefined {
  const facts = readFact(node, containerdRegistries);
  if (facts.state !== 'seen' || facts.value === 'no-containerd') return undefined;
  const config = readContainerdConfig(facts.value.files);
  if (config.state !== 'read' || config.settings.configPath.length > 0) return undefined;
  const { old } = config.settings;
  const goesByTables = defaultConfigPath(reportedRuntime(node)?.version)?.length === 0;
  return old === undefined || !goesByTables ? undefined : endpointsOf(old, registry);
}

/** Where the runtime looks for the hosts of a reference's registry, for those who ask and for those who pull. */
export function hostsFolderFor(
  node: NodeEvidence,
  { runtime, reference }: Pick<ManifestQuestion, 'runtime' | 'reference'>,
): string | undefined {
  const facts = runtime === 'containerd' ? readFact(node, containerdRegistries) : undefined;
  if (facts?.state !== 'seen' || facts.value === 'no-containerd') return undefined;
  return hostsFolder(facts.value, reportedRuntime(node)?.version, reference.slice(0, reference.indexOf('/')));
}
