import type { NodeEvidence } from '../evidence/evidence.ts';
import { readFact } from '../problems/kit/read-fact.ts';
import { containerdContent } from '../runtimes/containerd/content.ts';
import { containerdImages } from '../runtimes/containerd/images.ts';
import { containerdUnpacked } from '../runtimes/containerd/unpacked.ts';
import { dockerTagged } from '../runtimes/docker/tagged.ts';
import type { NodeImage, NodeImages } from './node-images.ts';
import { unpackedAnswers } from './unpacked-answers.ts';

/**
 * Since when an image is on a node, and whether it is unpacked there; undefined where the runtime does not tell. When it
 * was last used is told by nobody: kubelet keeps it in memory.
 */
export interface Presence {
  /**
   * `content`: when containerd finished writing its manifest. `tag`: when it was last tagged, which is all that docker
   * keeps.
   */
  readonly since: { readonly at: string; readonly by: 'content' | 'tag' } | undefined;
  /** Whether the runtime holds a snapshot of it, from which a container starts at once. */
  readonly unpacked: boolean | undefined;
}

export const unknownPresence: Presence = { since: undefined, unpacked: undefined };

/** What tells it: asked of a node by who lists images alone. */
export const presenceFacts = [containerdContent, containerdUnpacked, dockerTagged] as const;

/** @param runtime of the node; undefined where its images could not be listed */
export function presenceOn(
  node: NodeEvidence,
  runtime: NodeImages['runtime'] | undefined,
): (image: NodeImage, digest: string | undefined) => Presence {
  if (runtime === 'docker') return dockerPresence(node);
  return runtime === 'containerd' ? containerdPresence(node) : () => unknownPresence;
}

function containerdPresence(node: NodeEvidence): ReturnType<typeof presenceOn> {
  const content = readFact(node, containerdContent);
  const written: ReadonlyMap<string, number> =
    content.state === 'seen' && content.value !== 'no-containerd' ? content.value.written : new Map<string, number>();
  const isUnpacked = unpackedIn(node);
  return ({ id }, digest) => {
    // An index may have come without any of its images: what it stands for came with its configuration.
    const time = written.get(id ?? '') ?? written.get(digest ?? '');
    return {
      since: time === undefined ? undefined : { at: new Date(time * 1000).toISOString(), by: 'content' },
      unpacked: isUnpacked(id, digest),
    };
  };
}

/** It says no as well of what has no configuration, where it could not find out of all. */
function unpackedIn(node: NodeEvidence): (id: string | undefined, digest: string | undefined) => boolean | undefined {
  const [unpacked, images] = [readFact(node, containerdUnpacked), readFact(node, containerdImages)];
  const isWhole = unpacked.state === 'seen' && unpacked.value !== 'no-containerd' && unpacked.value.isWhole;
  const store = images.state === 'seen' && images.value !== 'no-containerd' ? images.value.store : undefined;
  const readable = new Set([...(store?.manifests.values() ?? [])].flatMap((one) => (one.hasConfig ? one.config : [])));
  const answerOf = unpackedAnswers(node);
  return (id, digest) => {
    const answer = answerOf?.(digest ?? '') ?? '?';
    if (answer === 'yes') return true;
    return answer === 'no' && (isWhole || readable.has(id ?? '')) ? false : undefined;
  };
}

/** Layers are what docker starts containers from: it keeps no others. */
function dockerPresence(node: NodeEvidence): ReturnType<typeof presenceOn> {
  const tagged = readFact(node, dockerTagged);
  const times = tagged.state === 'seen' && tagged.value !== 'no-docker' ? tagged.value : new Map<string, string>();
  return ({ id }) => {
    const at = times.get(id ?? '');
    const isTime = at !== undefined && !Number.isNaN(Date.parse(at));
    return { since: isTime ? { at: new Date(at).toISOString(), by: 'tag' } : undefined, unpacked: true };
  };
}
