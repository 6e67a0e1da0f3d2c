import type { FileReader, Outcome } from './file-reader.ts';
import { normalPath } from './glob.ts';

/** MAX_NESTING of config.c. */
const maxNesting = 16;

/** Reads another file, or the files of a folder, here and now: what they set stays set for what follows. */
export function includeDirective(reader: FileReader, word: string): Outcome {
  const { session } = reader;
  const start = reader.cursor.at;
  const value = reader.cursor.takeValue();
  if (value === undefined) return reader.valueMissing(word);
  const path = normalPath(value.startsWith('~/') ? `/root/${value.slice(2)}` : value);
  if (session.depth >= maxNesting) {
    reader.complain('include-too-deep', path, start);
    return includeFailed(reader);
  }
  if (session.tree.entry(path) === 'absent') {
    reader.complain('include-missing', path, start);
    return includeFailed(reader);
  }
  session.depth += 1;
  const fine = session.readPath(path, reader.target);
  session.depth -= 1;
  return fine ? 'next' : includeFailed(reader);
}

/** Before 3.12 an include that fails gives up the file that has it. */
function includeFailed(reader: FileReader): Outcome {
  if (reader.session.release.errorDropsFile) return 'abort';
  reader.failed = true;
  return 'next';
}
