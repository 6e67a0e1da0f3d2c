import type { z } from 'zod';
import type { ActionBase, Contents, StoredForm } from '../action.ts';
import { sha256 } from '../../hash/sha256.ts';
import { hiddenLines, nothingHidden } from '../hidden-lines.ts';
import type { FileAction, FileIdentity, FileState, PriorFileState, StoredFileAction } from './file-action.ts';
import { storedFileActionSchema } from './file-schema.ts';

/** An action of any kind that puts one file into a wanted state. */
interface WithFile extends ActionBase {
  readonly path: string;
  readonly from: PriorFileState | 'absent';
  readonly to: FileState | 'absent';
}

interface WithIdentities extends ActionBase {
  readonly from: FileIdentity | 'absent';
  readonly to: FileIdentity | 'absent';
}

/** Hashes without contents, which is all that verify and undo need: the contents lie beside the record. */
export function withoutContents<Spec extends WithFile, Stored extends WithIdentities>(
  schema: z.ZodType<Stored>,
): StoredForm<Spec, Stored> {
  return {
    schema,
    of: (spec) => ({ ...spec, from: identity(spec.from), to: identity(spec.to) }) as unknown as Stored,
    whole: (stored, after) => {
      const { to } = stored;
      if (to === 'absent') return stored as unknown as Spec;
      return after === undefined ? undefined : ({ ...stored, to: { ...to, content: after } } as unknown as Spec);
    },
  };
}

export const storedFile = withoutContents<FileAction, StoredFileAction>(storedFileActionSchema);

export function contentsOfFile<Spec extends WithFile>(): Contents<Spec> {
  return {
    writes: ({ path }) => [path],
    hidden: ({ from, to }, redact) => {
      // What a removal takes away is what was there, and comes back with an undo.
      if (to === 'absent') return nothingHidden;
      return hiddenLines(from === 'absent' ? '' : (from.content ?? ''), to.content, redact);
    },
    withoutPrior: (spec) => (spec.from === 'absent' ? spec : { ...spec, from: identity(spec.from) }),
    isTrue: ({ from, to }) =>
      [from, to].every(
        (state) =>
          state === 'absent' ||
          state.content === undefined ||
          sha256(Buffer.from(state.content, 'utf8')) === state.sha256,
      ),
  };
}

function identity(state: FileIdentity | 'absent'): FileIdentity | 'absent' {
  if (state === 'absent') return state;
  const { sha256: hash, mode, uid, gid } = state;
  return { sha256: hash, mode, uid, gid };
}
