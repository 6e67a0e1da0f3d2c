import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, expectTypeOf, test } from 'vitest';
import { sourceFiles, type SourceFile } from '../../test/texts/text-files.ts';
import { withoutComments } from '../../test/texts/used-keys.ts';
import { clusterRecordShape } from '../engine/rollout/cluster-objects/cluster-record.ts';
import { nodeKinds, type ActionSpec, type StoredAction } from './action-kinds.ts';
import type { ActionKind } from './action.ts';
import { objectKinds, type ClusterActionSpec } from './cluster-action-kinds.ts';
import type { ClusterActionKind } from './cluster-action.ts';
import { fileKind } from './file/file.ts';
import type { FileAction, StoredFileAction } from './file/file-action.ts';
import { readRecord } from './node-state/read-record.ts';
import { objectPatchKind } from './object-patch/object-patch.ts';
import type { ObjectPatchAction } from './object-patch/object-patch-action.ts';

const all = [...nodeKinds, ...objectKinds];
const names = all.map(({ kind }) => kind);

/** What cannot be left out of a kind: this file does not compile when it can. */
export function incomplete(): readonly unknown[] {
  const { schema: _schema, ...noSchema } = fileKind;
  const { stored: _stored, ...noStored } = fileKind;
  const { conflictKeys: _keys, ...noKeys } = fileKind;
  const { contents: _contents, ...noContents } = fileKind;
  const { steps: _steps, ...noSteps } = fileKind;
  const { texts: _texts, ...noTexts } = fileKind;
  const { schema: _objectSchema, ...noObjectSchema } = objectPatchKind;
  const { conflictKeys: _objectKeys, ...noObjectKeys } = objectPatchKind;
  const { isRecomputable: _recomputable, ...noRecomputable } = objectPatchKind;
  type FileKind = ActionKind<FileAction, StoredFileAction>;
  type PatchKind = ClusterActionKind<ObjectPatchAction>;
  return [
    // @ts-expect-error a plan file with it could not be read
    noSchema satisfies FileKind,
    // @ts-expect-error no run of it could be undone
    noStored satisfies FileKind,
    // @ts-expect-error two of them could stand in one plan, and undo each other's preconditions
    noKeys satisfies FileKind,
    // @ts-expect-error it could write where its problem has no business
    noContents satisfies FileKind,
    // @ts-expect-error a journal that says it happened would not be believed
    noSteps satisfies FileKind,
    // @ts-expect-error there would be no words for it
    noTexts satisfies FileKind,
    // @ts-expect-error neither a plan nor the record in the cluster could be read
    noObjectSchema satisfies PatchKind,
    // @ts-expect-error two of them could stand in one plan
    noObjectKeys satisfies PatchKind,
    // @ts-expect-error a record that somebody forged would be carried out
    noRecomputable satisfies PatchKind,
  ];
}

test('the unions are those of the list', () => {
  expectTypeOf<FileAction>().toExtend<ActionSpec>();
  expectTypeOf<StoredFileAction>().toExtend<StoredAction>();
  expectTypeOf<ObjectPatchAction>().toExtend<ClusterActionSpec>();
  expectTypeOf<StoredAction['kind']>().toEqualTypeOf<ActionSpec['kind']>();
  // @ts-expect-error of no kind in the list
  expectTypeOf<'hologram'>().toExtend<ActionSpec['kind'] | ClusterActionSpec['kind']>();
  expect(new Set(names).size).toBe(names.length);
});

test('each folder is a kind of the list, and called like it', () => {
  const folders = readdirSync(import.meta.dirname, { withFileTypes: true })
    .filter((entry) => entry.isDirectory() && !['node-state', 'rollout', 'testing'].includes(entry.name))
    .map(({ name }) => name);
  expect(folders.toSorted()).toEqual(names.toSorted());
});

test.each(all)('$kind is held to the contract, by a fixture of its own', async ({ kind, on }) => {
  const folder = join(import.meta.dirname, kind);
  const contract = readFileSync(join(folder, on === 'node' ? 'contract.root.test.ts' : 'contract.test.ts'), 'utf8');
  expect(contract).toContain(`\n${on}Contract(fixture);`);
  const { fixture } = (await import(join(folder, 'testing/fixture.ts'))) as { readonly fixture: FixtureOf };
  expect(fixture.kind.kind).toBe(kind);
  expect(Object.keys(fixture.testCases).length).toBeGreaterThan(0);
});

interface FixtureOf {
  readonly kind: { readonly kind: string };
  readonly testCases: object;
}

/**
 * Records as nodemend 0.1 wrote them, at its commit 707660ff92f3: `writeRecord` and `createRecord` of that tree, given
 * the actions of its tests. Those who ran it have such records on their nodes and in their clusters.
 */
describe('a record that 0.1 wrote is readable', () => {
  const recordOf = (kind: string): string =>
    readFileSync(join(import.meta.dirname, kind, 'fixtures/record-0.1.json'), 'utf8');
  const run = '20261124-0931-container-logs-7f3a';

  test.each(['file', 'service', 'log-space'])('%s', (kind) => {
    const text = recordOf(kind);
    const { action, actions } = readRecord('worker-1', run, text);
    expect([action, actions]).toEqual([(JSON.parse(text) as { readonly action: unknown }).action, undefined]);
    expect(action.kind).toBe(kind);
  });

  test.each(['manifest', 'object-patch', 'pull-secret', 'pull-secret-attachment'])('%s', (kind) => {
    const { data } = JSON.parse(recordOf(kind)) as { readonly data: Readonly<Record<string, string>> };
    const head = JSON.parse(data['run.json'] ?? '') as object;
    const actions = JSON.parse(data['actions.json'] ?? '') as readonly ClusterActionSpec[];
    const record = clusterRecordShape.parse({ ...head, actions });
    expect(record.actions).toEqual(actions);
    expect(record.actions.map((action) => action.kind)).toEqual([kind]);
  });
});

/** Sources that ask which kind an action is of. Others have a `kind` too, but do not speak of actions. */
function asking(sources: readonly SourceFile[]): readonly string[] {
  const kind = `'(?:${names.join('|')})'`;
  const asks = new RegExp(String.raw`\bkind\)?\s*[!=]==?\s*${kind}|${kind}\s*[!=]==?\s*\S*\bkind\b|case ${kind}:`);
  return sources.filter(({ text }) => /action/i.test(text) && asks.test(withoutComments(text))).map(({ path }) => path);
}

test('nothing outside their folders asks which kind an action is of', () => {
  const generic = /^(?:src\/(?:engine|app|cli|operator|server|actions\/(?:[^/]+$|node-state))|lab\/)/;
  expect(asking(sourceFiles(false).filter(({ path }) => generic.test(path)))).toEqual([]);
});

test.each([
  "function place(action: ActionSpec) { return action.kind === 'service' ? action.unit : action.path; }",
  "actions.filter(({ kind }) => kind !== 'log-space')",
  "switch (action.kind) { case 'manifest': return 1; }",
])('such a question would be found: %s', (text) => {
  expect(asking([{ path: 'x.ts', text }])).toEqual(['x.ts']);
});
