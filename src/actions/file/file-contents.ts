import type { Contents, StoredForm } from '../action.ts';
import { sha256 } from '../../hash/sha256.ts';
import { hiddenLines, nothingHidden } from '../hidden-lines.ts';
import type { FileAction, FileIdentity, StoredFileAction } from './file-action.ts';
import { storedFileActionSchema } from './file-schema.ts';

/** Hashes without contents, which is all that verify and undo need: the contents lie beside the record. */
export const storedFile: StoredForm<FileAction, StoredFileAction> = {
  schema: storedFileActionSchema,
  of: ({ from, to, ...rest }) => ({ ...rest, from: identity(from), to: identity(to) }),
  whole: ({ to, ...rest }, after) => {
    if (to === 'absent') return { ...rest, to };
    return after === undefined ? undefined : { ...rest, to: { ...to, content: after } };
  },
};

export const fileContents: Contents<FileAction> = {
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

function identity(state: FileIdentity | 'absent'): FileIdentity | 'absent' {
  if (state === 'absent') return state;
  const { sha256: hash, mode, uid, gid } = state;
  return { sha256: hash, mode, uid, gid };
}
