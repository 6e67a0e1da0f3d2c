import type { NodeEvidence } from '../../../evidence/evidence.ts';
import type { Finding } from '../../problem.ts';
import { doubtOf } from '../diagnose.ts';
import { dockerOf, sortLogs } from '../logs/docker-logs.ts';
import { unknown, unobserved } from '../finding.ts';
import { nodeRuntime, type NodeRuntime } from '../runtime/node-runtime.ts';
import { nodeRotation } from '../rotation/node-view.ts';
import type { Rotation } from '../rotation/rotation.ts';
import { nodeFacts, type NodeFacts } from '../facts.ts';
import type { DockerLogs } from '../logs/log-files.ts';
import type { RotationFile } from '../rotation/rotation-files.ts';
import type { DockerLog } from '../logs/watched-logs.ts';

/** A node whose file, and what logrotate makes of it, can be spoken of. */
export interface NodeContext {
  readonly node: NodeEvidence;
  readonly facts: NodeFacts;
  readonly runtime: NodeRuntime;
  readonly rotation: Rotation;
  readonly docker: DockerLogs;
  /** Logs that only logrotate can keep small. */
  readonly unbounded: readonly DockerLog[];
  readonly file: RotationFile | 'absent';
}

export type ContextView =
  | { readonly state: 'seen'; readonly context: NodeContext }
  /** Something stayed unknown, and so does whether the file is as it should be. */
  | { readonly state: 'unseen'; readonly finding: Finding };

export function contextOf(node: NodeEvidence, path: string): ContextView {
  const facts = nodeFacts(node);
  const runtime = nodeRuntime(node, facts);
  if (runtime.state !== 'seen') return unobservedPart(unobserved(node.name, 'runtime', runtime));
  const rotation = nodeRotation(facts);
  if (rotation.state !== 'seen')
    return unobservedPart(
      unobserved(node.name, facts.rotationFiles.state === 'seen' ? 'logrotate-version' : 'rotation-files', rotation),
    );
  const docker = dockerOf(facts);
  if (docker.state !== 'seen') return unobservedPart(unobserved(node.name, 'log-files', docker));
  const doubt = doubtOf(node, rotation.value);
  if (doubt !== undefined) return unobservedPart(doubt);
  const file = fileAt(path, rotation.value);
  if (file === undefined) return unobservedPart(unknown(node.name, 'included-file', 'malformed', { file: path }));
  const { unbounded } = sortLogs(docker.value);
  return {
    state: 'seen',
    context: { node, facts, runtime: runtime.value, rotation: rotation.value, docker: docker.value, unbounded, file },
  };
}

function unobservedPart(finding: Finding): ContextView {
  return { state: 'unseen', finding };
}

/** Undefined when it is there and its bytes were not seen: too many of them, or changed while they were read. */
function fileAt(path: string, { files }: Rotation): RotationFile | 'absent' | undefined {
  const file = files.files.get(path);
  if (file !== undefined) return file.sha256 === undefined ? undefined : file;
  const folder = path.slice(0, path.lastIndexOf('/'));
  return files.folders.has(folder) || files.missing.has(folder) ? 'absent' : undefined;
}

/** Where docker's containers log; where kubelet rotates, a rule has no business. */
export function isExpected({ runtime }: Pick<NodeContext, 'runtime'>): boolean {
  return runtime.docker;
}
