import { applyPatch } from 'diff';
import type { KubeObject } from '../../../../lab/api/objects.ts';
import type { JsonObject } from '../../../kubernetes/api.ts';
import { metadataOf, objectPath } from '../../read-object.ts';
import { run } from '../../../../test/chroot/file-fixture.ts';
import { planned, team, type ObjectFixture, type ObjectTestCase } from '../../testing/object-fixture.ts';
import { annotationsOf, restartMark } from '../restart-mark.ts';
import type { WorkloadRestartAction } from '../workload-restart-action.ts';
import { workloadRestartKind } from '../workload-restart.ts';

const object = {
  kind: 'DaemonSet',
  group: 'apps',
  version: 'v1',
  resource: 'daemonsets',
  namespace: team,
  name: 'web',
};
const setting = `secret-setting:${team}/Secret/web`;

/** No controller runs beside the stand-in: the status is that of a rollout that is over. */
function daemonSet(annotations?: Readonly<Record<string, string>>): KubeObject {
  return {
    apiVersion: 'apps/v1',
    kind: 'DaemonSet',
    metadata: { name: 'web', namespace: team },
    spec: {
      selector: { matchLabels: { app: 'web' } },
      template: {
        metadata: { labels: { app: 'web' }, ...(annotations === undefined ? {} : { annotations }) },
        spec: { containers: [{ name: 'web', image: 'registry.example.test/web:1' }] },
      },
    },
    status: {
      observedGeneration: 1_000,
      desiredNumberScheduled: 2,
      updatedNumberScheduled: 2,
      numberAvailable: 2,
    },
  };
}

function testCase(annotations?: Readonly<Record<string, string>>): ObjectTestCase<WorkloadRestartAction> {
  const before = annotations?.[restartMark];
  return {
    objects: [daemonSet(annotations)],
    plan: async (api) => ({
      kind: 'workload-restart',
      id: `workload-restart:${team}/DaemonSet/web`,
      ...planned,
      disrupts: 'restart',
      object,
      uid: await api.get(objectPath(object), (raw) => metadataOf(raw).uid),
      ...(before === undefined ? {} : { before }),
      reads: setting,
    }),
    alongside: [{ kind: 'secret-setting', id: setting, ...planned, object: { ...object, kind: 'Secret' } }],
    shown: (found) => {
      const mark = found && annotationsOf(found as unknown as JsonObject)[restartMark];
      return mark === undefined ? '' : `${restartMark}: ${mark === run ? 'RUN' : mark}\n`;
    },
    previewed: (preview, shownBefore) => String(applyPatch(shownBefore, `${preview}\n`)),
    edit: (api) =>
      api.patch(
        objectPath(object),
        { spec: { template: { metadata: { annotations: { [restartMark]: 'theirs' } } } } },
        { type: 'merge', project: () => undefined },
      ),
    edited: { plan: 'prepare refused OBJECT_CHANGED_SINCE_PLAN', run: 'undo refused OBJECT_CHANGED_SINCE_RUN' },
  };
}

export const fixture: ObjectFixture<WorkloadRestartAction> = {
  kind: workloadRestartKind,
  testCases: {
    'pods without annotations are restarted': testCase(),
    'pods that another run restarted are restarted once more': testCase({ [restartMark]: '20261124-0931-old-7f3a' }),
    'annotations of others stay': testCase({ 'example.com/checksum': 'a1' }),
  },
};
