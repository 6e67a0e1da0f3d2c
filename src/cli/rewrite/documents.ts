import { version } from '../version.ts';
import type { ReferenceReason } from '../../manifests/reference.ts';
import type { FoundInFiles } from './find-in-files.ts';
import { jsonText } from '../render/in-format.ts';
import { placesIn } from './place.ts';

interface ListedReference {
  readonly file: string;
  readonly line: number;
  readonly column: number;
  readonly old: string;
  readonly new: string | null;
  readonly action: 'change' | 'report';
  readonly reason: ReferenceReason;
}

/** Every reference with its place, in the order of files and places. */
export function listReferences({ manifests }: FoundInFiles): readonly ListedReference[] {
  return manifests.flatMap(({ file, text, references }) => {
    const placeOf = placesIn(text);
    return references.map(({ start, old, new: proposal, action, reason }) => ({
      file,
      ...placeOf(start),
      old,
      new: proposal,
      action,
      reason,
    }));
  });
}

/** What `-o json` and `-o yaml` print. */
export function rewriteDocument(found: FoundInFiles): {
  readonly references: readonly ListedReference[];
  readonly left: FoundInFiles['left'];
} {
  return { references: listReferences(found), left: found.left };
}

/**
 * SARIF 2.1.0, which code review tools of CI systems show beside the line. `describe` gives the sentence for people.
 */
export function rewriteSarif(found: FoundInFiles, describe: (reference: ListedReference) => string): string {
  const listed = listReferences(found);
  const rules = [...new Set(listed.map(({ reason }) => reason))].map((id) => ({ id }));
  const results = listed.map((reference) => ({
    ruleId: reference.reason,
    level: reference.action === 'change' ? 'error' : 'warning',
    message: { text: describe(reference) },
    locations: [
      {
        physicalLocation: {
          artifactLocation: { uri: reference.file.split('/').map(encodeURIComponent).join('/') },
          region: {
            startLine: reference.line,
            startColumn: reference.column,
            endColumn: reference.column + reference.old.length,
          },
        },
      },
    ],
  }));
  const driver = {
    name: 'nodemend',
    version,
    informationUri: 'https://docs.nhncloud.com/ko/Container/NKS/ko/troubleshooting-guide/',
    rules,
  };
  const log = {
    $schema: 'https://json.schemastore.org/sarif-2.1.0.json',
    version: '2.1.0',
    runs: [{ tool: { driver }, columnKind: 'utf16CodeUnits', results }],
  };
  return jsonText(log);
}
