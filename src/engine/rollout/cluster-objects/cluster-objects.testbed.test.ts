import { describe, expect, test } from 'vitest';
import { appliable } from '../../../kubernetes/appliable.ts';
import { objectWords } from '../../../actions/object-words.ts';
import { objectPath } from '../../../actions/read-object.ts';
import type { JsonObject } from '../../../kubernetes/api.ts';
import { listClusterRuns } from '../../history.ts';
import type { RunResult } from '../../run.ts';
import { undoRun } from '../../undo.ts';
import { verifyRun } from '../../verify.ts';
import { manifestOf, newImage, oldImage, ownBinding } from './testing/object-fixture.ts';
import { inTheWaySuite } from './testing/in-the-way.ts';
import { withoutItsPlanSuite } from './testing/without-its-plan.ts';
import { newPodsSuite } from './testing/new-pods.ts';
import { besideNodesSuite } from './testing/beside-nodes.ts';
import { dyingRunsSuite } from './testing/dying-runs.ts';
import { objectsOnCluster } from './testing/objects-on-cluster.ts';

const cluster = objectsOnCluster();
const { fresh, now, seen, excepted, write, apply, twoActions } = cluster;

const ends = (result: RunResult): readonly string[] =>
  (result.objects ?? []).map(({ ending, left }) => `${ending} ${left}`);

describe('a run that goes well', () => {
  test('changes the fields and nothing else, makes the object, and is verified and undone from another machine', async () => {
    const actions = await twoActions();
    const [patch, manifest] = actions;
    await write(patch.object, { metadata: { labels: { theirs: 'yes' } } });
    const result = await apply(actions);

    expect(result).toMatchObject({
      verdict: 'done',
      exitCode: 0,
      nodes: [],
      objects: [{ object: `team/CronJob/${patch.object.name}` }, { object: objectWords(manifest.object) }],
    });
    expect(ends(result)).toEqual(['done changed', 'done changed']);
    expect(await seen(patch)).toEqual([newImage]);
    expect(await now(patch.object)).toMatchObject({ metadata: { labels: { theirs: 'yes' } } });
    expect(await excepted(manifest.object)).toBe('value');
    expect(await now(manifest.object)).toMatchObject({
      metadata: { annotations: { 'nodemend.dev/run': result.run } },
    });

    const elsewhere = cluster.fixture.machine();
    expect(await listClusterRuns(elsewhere, elsewhere.signal)).toMatchObject({
      runs: expect.arrayContaining([
        expect.objectContaining({ run: result.run, phases: ['applied', 'applied'] }),
      ]) as unknown,
      unknown: [],
    });
    expect(await verifyRun({ ...elsewhere, run: result.run })).toMatchObject({
      exitCode: 0,
      verifications: [{ state: 'holds' }, { state: 'holds' }],
    });

    expect(await undoRun({ ...elsewhere, run: result.run })).toMatchObject({
      kind: 'undo',
      verdict: 'done',
      exitCode: 0,
    });
    expect(await seen(patch)).toEqual([oldImage]);
    expect(await now(manifest.object)).toBeUndefined();
    expect(await verifyRun({ ...elsewhere, run: result.run })).toMatchObject({
      verifications: [{ state: 'undone' }, { state: 'undone' }],
    });
    // Twice is once.
    expect(await undoRun({ ...cluster.fixture.machine(), run: result.run })).toMatchObject({ verdict: 'done' });
  });

  test('what is as wanted already is left as it is, also by the undo', async () => {
    const [patch, manifest] = await twoActions();
    await cluster.fixture.api.patch(
      objectPath(patch.object),
      [{ op: 'replace', path: patch.changes[0]?.path ?? '', value: newImage }],
      { type: 'json', project: () => undefined },
    );
    const result = await apply([patch, manifest]);

    expect(ends(result)).toEqual(['done as-before', 'done changed']);
    await undoRun({ ...cluster.fixture.machine(), run: result.run });
    expect(await seen(patch)).toEqual([newImage]);
  });

  test('an object of ours is changed and becomes what it was; one that is removed is made again', async () => {
    const [first, second] = [fresh(), fresh()];
    const made = await apply([
      manifestOf(first, 'absent', ownBinding(first, 'a')),
      manifestOf(second, 'absent', ownBinding(second, 'b')),
    ]);
    const found = async (name: string): Promise<JsonObject> =>
      appliable((await now(manifestOf(name, 'absent', 'absent').object)) ?? {});
    const [change, removal] = [
      manifestOf(first, await found(first), ownBinding(first, 'c')),
      manifestOf(second, await found(second), 'absent'),
    ];
    const result = await apply([change, removal]);

    expect(ends(result)).toEqual(['done changed', 'done changed']);
    expect(await excepted(change.object)).toBe('c');
    expect(await now(removal.object)).toBeUndefined();
    // What a later run wrote is not the first one's to undo.
    expect(await undoRun({ ...cluster.fixture.machine(), run: made.run })).toMatchObject({
      objects: [{ code: 'OBJECT_CHANGED_SINCE_RUN' }, { ending: 'done' }],
    });
    expect(await undoRun({ ...cluster.fixture.machine(), run: result.run })).toMatchObject({ verdict: 'done' });
    expect(await excepted(change.object)).toBe('a');
    expect(await excepted(removal.object)).toBe('b');
  });
});

inTheWaySuite(cluster);
withoutItsPlanSuite(cluster);
newPodsSuite(cluster);
besideNodesSuite(cluster);
dyingRunsSuite(cluster);
