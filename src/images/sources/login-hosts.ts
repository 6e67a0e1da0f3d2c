import type { NodeEvidence } from '../../evidence/evidence.ts';
import { readFact } from '../../problems/kit/read-fact.ts';
import { hostFolders } from '../../runtimes/containerd/host-folder.ts';
import { readHostsFile, type HostEntry } from '../../runtimes/containerd/hosts-file.ts';
import { containerdRegistries } from '../../runtimes/containerd/registries.ts';
import { hostsFolderFor } from './hosts-folder.ts';
import type { ManifestQuestion } from './source-answer.ts';

/** To whom a runtime sends the login of a pull, before any of them names a server of tokens. */
export interface LoginHosts {
  /** `registry.example:5000`, in the order in which they are asked. */
  readonly hosts: readonly string[];
  /** What sends pulls elsewhere could not be read: there may be others. */
  readonly further?: true;
}

const hostName = /^[A-Za-z0-9._:[\]-]{1,300}$/u;

/**
 * `ctr` gives the login of a pull to every host that the registry's `hosts.toml` names (containerd,
 * cmd/ctr/commands/resolver.go), and dockerd to the mirrors of Docker Hub (moby, distribution/registry.go). Pure.
 */
export function loginHosts(
  node: NodeEvidence,
  { runtime, reference, hosts }: Pick<ManifestQuestion, 'runtime' | 'reference'> & { readonly hosts: string },
): LoginHosts {
  const registry = reference.slice(0, reference.indexOf('/'));
  if (runtime === 'docker') return itself(registry, registry === 'docker.io');
  return hosts === 'runtime' ? ofContainerd(node, reference, registry) : itself(registry);
}

function itself(registry: string, further = false): LoginHosts {
  return { hosts: [registry], ...(further ? { further } : {}) };
}

function ofContainerd(node: NodeEvidence, reference: string, registry: string): LoginHosts {
  const facts = readFact(node, containerdRegistries);
  if (facts.state !== 'seen' || facts.value === 'no-containerd') return itself(registry, true);
  const root = hostsFolderFor(node, { runtime: 'containerd', reference });
  // Without such a folder in its configuration `ctr` is given none.
  if (root === undefined) return itself(registry);
  const { hosts, hostsFiles, isCut, closed } = facts.value;
  const folders = [...hostFolders(registry), '_default'].map((name) => `${root}/${name}`);
  const folder = folders.find((one) => hosts.includes(one));
  const file = hostsFiles.find(({ path }) => path === `${folder}/hosts.toml`);
  if (file !== undefined) return namedIn(file.text, registry);
  return itself(registry, isCut || (folder !== undefined && closed !== undefined));
}

function namedIn(text: string, registry: string): LoginHosts {
  const file = readHostsFile(text);
  if (file === undefined) return { hosts: [registry], further: true };
  const names = [
    ...file.hosts.filter(givesImages).map(hostOf),
    file.server === undefined ? registry : hostOf(file.server),
  ];
  const known = names.filter((name) => name !== undefined);
  const hosts = [...new Set(known.length === 0 ? [registry] : known)];
  return known.length < names.length ? { hosts, further: true } : { hosts };
}

function givesImages({ capabilities }: HostEntry): boolean {
  return capabilities === undefined || capabilities.some((one) => one === 'pull' || one === 'resolve');
}

function hostOf({ url }: HostEntry): string | undefined {
  const host = URL.parse(url.includes('://') ? url : `https://${url}`)?.host;
  return host !== undefined && hostName.test(host) ? host : undefined;
}
