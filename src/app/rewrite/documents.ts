import { version } from '../version.ts';
import type { ReferenceReason } from '../../manifests/reference.ts';
import type { FoundInFiles } from './find-in-files.ts';
import type { LeftAlone } from './walk-files.ts';
import { jsonText } from '../documents/json-text.ts';
import type { RewriteDocument } from '../documents/rewrite/schema.ts';
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
export function rewriteDocument(found: FoundInFiles): RewriteDocument {
  const { left, looked, skipped } = found;
  return { schema: 'nodemend.dev/rewrite/v1', references: listReferences(found), left, looked, skipped };
}

/**
 * SARIF 2.1.0, which code review tools of CI systems show beside the line. `describe` gives the sentence for people.
 */
export function rewriteSarif(
  found: FoundInFiles,
  say: {
    readonly reference: (reference: ListedReference) => string;
    readonly left: (why: LeftAlone) => string;
    readonly skipped: (count: number) => string;
  },
): string {
  const listed = listReferences(found);
  const rules = [...new Set(listed.map(({ reason }) => reason))].map((id) => ({ id }));
  const results = listed.map((reference) => ({
    ruleId: reference.reason,
    level: reference.action === 'change' ? 'error' : 'warning',
    message: { text: say.reference(reference) },
    locations: [
      {
        physicalLocation: {
          artifactLocation: { uri: uriOf(reference.file) },
          region: {
            startLine: reference.line,
            startColumn: reference.column,
            endColumn: reference.column + reference.old.length,
          },
        },
      },
    ],
  }));
  // What was not looked into is not a result, and must not be silent.
  const notifications = [
    ...found.left.map(({ file, why }) => ({
      level: 'warning',
      message: { text: say.left(why) },
      locations: [{ physicalLocation: { artifactLocation: { uri: uriOf(file) } } }],
    })),
    ...(found.skipped === 0 ? [] : [{ level: 'note', message: { text: say.skipped(found.skipped) } }]),
  ];
  const invocation = { executionSuccessful: true, toolExecutionNotifications: notifications };
  const driver = {
    name: 'nodemend',
    version,
    informationUri: 'https://docs.nhncloud.com/ko/Container/NKS/ko/troubleshooting-guide/',
    rules,
  };
  const log = {
    $schema: 'https://json.schemastore.org/sarif-2.1.0.json',
    version: '2.1.0',
    runs: [{ tool: { driver }, columnKind: 'utf16CodeUnits', results, invocations: [invocation] }],
  };
  return jsonText(log);
}

function uriOf(file: string): string {
  return file.split('/').map(encodeURIComponent).join('/');
}
