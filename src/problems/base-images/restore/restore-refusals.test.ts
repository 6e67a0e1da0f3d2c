import { describe, expect, test } from 'vitest';
import { NodemendError } from '../../../errors/nodemend-error.ts';
import { unknownOf } from '../../../evidence/unknown.ts';
import type { SourceAnswer } from '../../../images/sources/source-answer.ts';
import { diagnose } from '../diagnose.ts';
import { restoreRemedy } from '../../../images/sources/restore-inputs.ts';
import { plan } from '../plan.ts';
import { daemonSet, fixture, nothingRuns, waitingFor, type FixtureNode } from '../testing/fixture.ts';
import {
  pause,
  proxy,
  pauseDigest,
  pauseId,
  withoutBox,
  withoutPauseAtAll,
  withoutProxy,
  needy,
  healthy,
  accepted,
  planned,
  refusals,
  found,
} from '../testing/restore-plans.ts';

describe('what is not, and why', () => {
  test('nobody knows which image it has to be: its digest is shown, and taken when it is accepted', () => {
    const evidence = fixture({ images: withoutBox });
    const answers = { [pause]: found(pauseDigest) };
    const { refused } = planned(evidence, { answers });
    expect(refused).toContainEqual(
      expect.objectContaining({
        key: 'refused.source-unproven',
        params: { image: pause, source: pause, digest: pauseDigest },
      }),
    );
    expect(planned(evidence, { answers, restore: { accepted: new Set([pauseDigest]) } }).actions).toMatchObject([
      { digest: pauseDigest, why: { key: 'why.restore.accepted' } },
    ]);
  });

  test('a name that was mistyped: which a node has is said, not of one that a pod needs', () => {
    const typed = 'registry.k8s.io/kube-prxoy:v1.34.4';
    const restore = { accepted, images: new Set([typed]) };
    const named = planned(fixture([needy, healthy], { baseImages: [typed] }), { restore });
    expect(named.refused).toContainEqual(
      expect.objectContaining({
        key: 'refused.near-image',
        params: { image: typed, suggestion: proxy, node: 'worker-1' },
      }),
    );
    const uses = [daemonSet(typed, { nodes: ['worker-1'] })];
    const needed = planned(fixture([needy, healthy], { baseImages: [typed], uses }), { restore });
    expect(refusals(needed)).toContain('refused.restore-no-source');
    expect(refusals(needed)).not.toContain('refused.near-image');
  });

  test('a registry that has another one, that has none, that says nothing', () => {
    const other = `sha256:${'9'.repeat(64)}`;
    const only = { from: new Set(['runtime'] as const), accepted };
    const evidence = fixture([needy, healthy]);
    const answers: readonly (readonly [SourceAnswer, string])[] = [
      [{ state: 'found', digest: other, id: other, bytes: 1, parts: [] }, 'refused.source-other'],
      [{ state: 'absent' }, 'refused.source-absent'],
      [{ state: 'denied' }, 'refused.source-denied'],
      [{ state: 'other-platform' }, 'refused.source-other-platform'],
      [{ state: 'unknown', reason: 'unreachable', detail: 'no route' }, 'refused.source-unknown'],
    ];
    for (const [answer, key] of answers) {
      const made = planned(evidence, { restore: only, answers: { [pause]: answer } });
      expect(made.actions).toEqual([]);
      expect(refusals(made)).toEqual(['refused.restore-no-source', key]);
    }
    expect(refusals(planned(evidence, { restore: only }))).toContain('refused.source-not-asked');
    // No sentence in one language within a sentence in another, and no node's name beside the node.
    const problem = 'worker-1: failed to do request: dial tcp: i/o timeout';
    const away = new NodemendError('REGISTRY_UNREACHABLE', {
      host: 'registry.k8s.io',
      seconds: 10,
      problem,
      context: '',
    });
    expect(planned(evidence, { restore: only, answers: { [pause]: unknownOf(away) } }).refused).toContainEqual(
      expect.objectContaining({
        key: 'refused.source-unknown',
        params: { image: pause, source: pause, detail: 'failed to do request: dial tcp: i/o timeout' },
      }),
    );
  });

  test('no room: the arithmetic, and what else could make some', () => {
    const node = { ...needy, images: (text: string) => nothingRuns(withoutBox(text)) };
    // Of 100,000 blocks of 4 KiB 17 percent are free, and 16 have to stay so.
    const full = planned(fixture([{ ...node, used: 83 }, healthy]), { answers: { [pause]: found(pauseDigest, 4e6) } });
    expect(full).toMatchObject({
      actions: [],
      refused: [
        { key: 'refused.restore-room.dead', params: { neededBytes: 16e6, freeBytes: 4_096_000, deadCount: 3 } },
      ],
    });
    const bare = {
      ...node,
      used: 83,
      images: (text: string) => text.replaceAll(/^(?:record|manifest|child) .*\n/gmu, ''),
    };
    expect(planned(fixture([bare, healthy]), { answers: { [pause]: found(pauseDigest, 4e6) } }).refused).toMatchObject([
      { key: 'refused.restore-room.none-dead', params: { deadCount: 0 } },
    ]);
  });

  test('what comes as an archive takes its room as well, until it was imported', () => {
    // Of the image 1,997,189 bytes come, four times that is what it takes, and 8,192,000 are left.
    const images = (text: string): string => nothingRuns(withoutBox(text));
    const evidence = fixture([{ ...needy, images, used: 82 }, healthy]);
    expect(planned(evidence, { answers: { [pause]: found(pauseDigest, 1_997_189) } }).actions).toMatchObject([
      { source: { from: 'registry' }, room: { needed: 7_988_756 } },
    ]);
    const params = { transferBytes: 1_997_189, neededBytes: 9_985_945, freeBytes: 8_192_000 };
    const refused = { actions: [], refused: [{ key: 'refused.restore-archive-room.dead', params }] };
    expect(planned(evidence)).toMatchObject(refused);

    const docker: FixtureNode = { ...needy, runtime: 'docker-20.10.24', images: withoutPauseAtAll };
    expect(planned(fixture([{ ...docker, used: 82 }, healthy]))).toMatchObject(refused);
    expect(planned(fixture([{ ...docker, used: 81 }, healthy])).actions).toMatchObject([{ runtime: 'docker' }]);

    const file = { file: '/media/base.tar', sha256: 'f'.repeat(64) };
    const carried = [
      { names: [pause], digest: pauseDigest, id: pauseId, platform: 'linux/amd64', bytes: 1_997_189, ...file },
    ];
    const input = {
      evidence,
      findings: diagnose(evidence),
      remedies: new Set([restoreRemedy]),
      inputs: { [restoreRemedy]: { accepted, from: new Set(['archive'] as const) } },
      sources: { settings: { names: [], plainHttp: [], carried }, answers: new Map() },
    };
    expect(plan(input)).toMatchObject(refused);
  });

  test('an archive that lies on another disk than the images takes none of theirs', () => {
    const evidence = fixture([{ ...needy, used: 82, others: 'another-disk' }, healthy]);
    expect(planned(evidence).actions).toMatchObject([{ source: { from: 'archive' }, room: { needed: 7_988_756 } }]);
    const bare: FixtureNode = { ...needy, used: 82, others: 'same-disk' };
    expect(refusals(planned(fixture([bare, healthy])))).toEqual([expect.stringContaining('restore-archive-room')]);
  });

  test('an archive that has no room on another disk, and files for which no inodes are left, do not come', () => {
    const full: FixtureNode = { ...needy, others: { blocks: 5487, path: '/var/lib' } };
    // 1,997,189 bytes are 488 blocks; 5,000 have to stay free.
    expect(planned(fixture([full, healthy]))).toMatchObject({
      actions: [],
      refused: [{ key: 'refused.restore-room-elsewhere', params: { transferBytes: 1_997_189, freeBytes: 487 * 4096 } }],
    });
    const roomy: FixtureNode = { ...needy, others: { blocks: 5488, path: '/var/lib' } };
    expect(planned(fixture([roomy, healthy])).actions).toMatchObject([{ room: { archiveKeepFree: 20_480_000 } }]);
    // Nothing of it comes as an archive.
    expect(planned(fixture([full, healthy]), { answers: { [pause]: found(pauseDigest, 1e6) } }).actions).toMatchObject([
      { source: { from: 'registry' } },
    ]);

    const few: FixtureNode = { ...needy, freeInodes: 250 + 487 };
    expect(planned(fixture([few, healthy]))).toMatchObject({
      actions: [],
      refused: [{ key: 'refused.restore-room-inodes', params: { neededInodes: 488, freeInodes: 487 } }],
    });
    expect(planned(fixture([{ ...needy, freeInodes: 250 + 488 }, healthy])).actions).toMatchObject([
      { room: { inodes: { needed: 488, keepFree: 250 } } },
    ]);
  });

  test('of several images as many as there is room for', () => {
    const uses = [daemonSet(proxy)];
    const images = (text: string): string => withoutProxy(withoutBox(text));
    const evidence = fixture([{ name: 'worker-1', images, used: 81 }, healthy], { uses });
    const made = planned(evidence, { answers: { [pause]: found(pauseDigest, 3e6) } });
    expect(made.actions.map((action) => 'image' in action && action.image)).toEqual([pause]);
    expect(made.refused).toMatchObject([{ key: 'refused.restore-archive-room.dead', params: { image: proxy } }]);
  });

  test('a room, or a threshold, that nobody knows is none', () => {
    expect(refusals(planned(fixture([{ ...needy, used: 'unknown' }, healthy])))).toEqual([
      'refused.restore-room-unknown.room',
    ]);
    expect(refusals(planned(fixture([{ ...needy, kubelet: 'timed-out' }, healthy])))).toEqual([
      'refused.restore-room-unknown.policy',
    ]);
  });

  test('pods that ask their registry whatever is there', () => {
    const uses = [daemonSet(proxy, { pullPolicy: 'Always' })];
    const evidence = fixture([{ name: 'worker-1', images: withoutProxy }, healthy], { uses });
    expect(refusals(planned(evidence))).toEqual(['refused.restore-always']);
    // Somebody names it: it comes, and they are not told that it helps its pods.
    const named = fixture([{ name: 'worker-1', images: withoutProxy }, healthy], { uses, baseImages: [proxy] });
    const made = planned(named);
    expect(made.actions).toMatchObject([{ image: proxy }]);
    expect(made.refused).toMatchObject([{ key: 'refused.restore-always-named', optional: true }]);
    const waiting = uses.map(waitingFor);
    const wanted = { uses, waiting, baseImages: [proxy] };
    const [left, ...others] = planned(fixture([{ name: 'worker-1', images: withoutProxy }, healthy], wanted)).refused;
    expect(left).toMatchObject({ key: 'refused.restore-always-named' });
    expect([left?.optional, others]).toEqual([undefined, []]);
  });

  test('a name that stands for another image is not moved', () => {
    const half = `sha256:${'0'.repeat(64)}`;
    const images = (text: string): string =>
      `${text.replace(/^record \S+ (.*pause:3\.6)$/m, `record ${half} $1`)}absent ${half}\n`;
    const evidence = fixture([{ name: 'worker-1', images }, healthy]);
    const restore = { accepted: new Set([pauseDigest]) };
    expect(refusals(planned(evidence, { restore }))).toEqual([
      'refused.restore-no-source',
      'refused.source-not-asked',
      'refused.source-taken',
    ]);
  });
});
