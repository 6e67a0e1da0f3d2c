import type { ImageAction, RegistrySource } from '../../../actions/image/image-action.ts';
import { imageNamed } from '../../../images/node-images.ts';
import type { ChosenSource } from '../../../images/sources/choose-source.ts';
import { isInvalid, parseReference } from '../../../registry/reference/image-reference.ts';
import { runningDaemons } from '../../../runtimes/running.ts';
import { readFact } from '../../kit/read-fact.ts';
import { problemId } from '../meta.ts';
import type { Missing } from '../missing.ts';
import type { NeedyNode } from './needy-images.ts';
import { hostsFolderFor } from '../../../images/sources/hosts-folder.ts';
import { loginHosts } from '../../../images/sources/login-hosts.ts';
import { mostParts } from '../../../images/sources/manifest.ts';

const sockets = { containerd: '/run/containerd/containerd.sock', docker: '/var/run/docker.sock' } as const;

/** Whether the runtime's socket is where it is by default, as far as kubelet was told one at all. */
export function isUsualSocket({ view: { node }, store }: NeedyNode): boolean {
  if (store.runtime === 'docker') return true;
  const running = readFact(node, runningDaemons);
  const endpoint = running.state === 'seen' ? running.value.kubeletEndpoint : undefined;
  const path = endpoint?.replace(/^unix:\/\//u, '').replace(/^\/var\/run\//u, '/run/');
  return path === undefined || path === sockets.containerd;
}

interface Restore {
  readonly node: NeedyNode;
  readonly missing: Missing;
  readonly cures: string;
  readonly platform: string;
  readonly chosen: ChosenSource;
  readonly room: ImageAction['room'];
}

export function restoreAction({ node, missing, cures, platform, chosen, room }: Restore): ImageAction {
  const { name } = node.view.node;
  const { runtime } = node.store;
  const { image } = missing;
  const { digest, by } = chosen;
  return {
    kind: 'image',
    id: `image:${name}:${image.name}`,
    problem: problemId,
    node: name,
    cures: [cures],
    why: { key: `why.restore.${by}`, params: { image: image.name, source: sourceName(chosen), digest } },
    image: image.name,
    digest,
    ...(chosen.id === undefined ? {} : { configuration: chosen.id }),
    platform,
    bytes: chosen.bytes,
    room,
    runtime,
    socket: sockets[runtime],
    was: imageNamed(node.store, image.name)?.as.digest ?? '',
    source: sourceOf(chosen, node),
  };
}

function sourceName({ source }: ChosenSource): string {
  switch (source.kind) {
    case 'node':
      return source.name;
    case 'other-node':
      return source.node;
    case 'archive':
      return source.file;
    default:
      return source.reference;
  }
}

function sourceOf(chosen: ChosenSource, { view, store: { runtime } }: NeedyNode): ImageAction['source'] {
  const { source } = chosen;
  switch (source.kind) {
    case 'node':
      return { from: 'node', name: source.name };
    case 'other-node':
      return { from: 'archive', of: { node: source.node, runtime: source.runtime } };
    case 'archive':
      return { from: 'archive', of: { file: source.file, sha256: source.sha256 } };
    default: {
      const reference = referenceOf(chosen) ?? '';
      const hosts = source.hosts === 'runtime' ? hostsFolderFor(view.node, { runtime, reference }) : undefined;
      const folder = hosts === undefined ? {} : { hostsFolder: hosts };
      const login =
        chosen.user === undefined
          ? {}
          : { login: { user: chosen.user, ...loginHosts(view.node, { runtime, reference, hosts: source.hosts }) } };
      const tls = source.tls === undefined ? {} : { tls: source.tls };
      return { from: 'registry', reference, hosts: source.hosts, ...folder, ...tls, ...login, ...partsOf(chosen) };
    }
  }
}

function partsOf({ parts = [] }: ChosenSource): Pick<RegistrySource, 'parts'> {
  return parts.length === 0 || parts.length > mostParts ? {} : { parts };
}

/** By its digest: what comes is that, or nothing. */
function referenceOf({ source, digest }: ChosenSource): string | undefined {
  if (!('reference' in source)) return undefined;
  const parsed = parseReference(source.reference);
  return isInvalid(parsed) ? undefined : `${parsed.registry}/${parsed.repository}@${digest}`;
}
