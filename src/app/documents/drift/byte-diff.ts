import { fileDiff } from '../../../actions/file/file-diff.ts';
import { redactText } from '../../../evidence/redact.ts';
import type { Drift, DriftState, FileVersion, NodeDrift, Reference } from '../../../problems/kit/synchronise.ts';

interface DiffLabels {
  /** The side that is found on the nodes. */
  readonly found: string;
  readonly wanted: string;
}

/**
 * From the file on these nodes to the reference, as a unified diff, secrets masked; undefined where one side has no
 * file.
 */
export function byteDiff(
  { path, reference }: Drift,
  { state, file }: NodeDrift,
  labels: DiffLabels,
): string | undefined {
  const wanted = wantedVersion(reference);
  if (file === undefined || file === 'absent' || wanted === undefined || wanted === 'absent') return undefined;
  if (!comparable.includes(state)) return undefined;
  // Owner and mode are the node's own, as long as logrotate reads the file with them.
  const { mode, uid, gid } = file;
  const diff = fileDiff(
    path,
    { label: labels.found, state: file },
    { label: labels.wanted, state: { ...wanted, mode, uid, gid } },
    redactText,
  );
  return diff === '' ? undefined : diff;
}

const comparable: readonly DriftState[] = ['other-bytes', 'other-meaning', 'not-in-force', 'undecided'];

type Content = Pick<FileVersion, 'sha256' | 'content'>;

function wantedVersion(reference: Reference): Content | 'absent' | undefined {
  switch (reference.kind) {
    case 'source':
      return reference.source;
    case 'majority':
      return reference.version;
    case 'tie':
    case 'split':
      return reference.first;
    case 'none':
      return undefined;
  }
}
