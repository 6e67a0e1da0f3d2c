import { expect, test } from 'vitest';
import { parseAllDocuments } from 'yaml';
import { sha256 } from '../../hash/sha256.ts';
import { shippedObjects } from '../../../test/deploy/shipped-files.ts';
import { readSchedule, scheduleSchema, type ScheduleRecord } from '../../engine/schedule/schedule-record.ts';
import { cronJobManifest } from './cronjob-manifest.ts';

const pinned = `registry.example.com/nodemend@sha256:${'a'.repeat(64)}`;

const record: ScheduleRecord = {
  schema: scheduleSchema,
  name: 'night',
  kind: 'cronjob',
  installedAt: '2026-11-23T01:02:03.000Z',
  installedBy: 'kim@laptop',
  rhythm: { every: 'sunday', hour: 3, minute: 20 },
  command: ['apply', 'container-logs', '--via', 'ssh', '--approval', '/etc/nodemend/schedule/approval.json'],
  changes: true,
  environment: {},
  written: [],
};

interface Manifest {
  readonly kind: string;
  readonly metadata: { readonly name: string; readonly namespace: string };
  readonly data: Readonly<Record<string, string>>;
  readonly spec: {
    readonly schedule: string;
    readonly concurrencyPolicy: string;
    readonly jobTemplate: { readonly spec: { readonly template: { readonly spec: PodSpec } } };
  };
}

interface PodSpec {
  readonly serviceAccountName: string;
  readonly securityContext: object;
  readonly containers: readonly {
    readonly image: string;
    readonly imagePullPolicy: string;
    readonly args: readonly string[];
    readonly securityContext: object;
    readonly volumeMounts: readonly { readonly name: string }[];
  }[];
  readonly volumes: readonly { readonly name: string; readonly configMap?: { readonly name: string } }[];
}

function objects(text: string): readonly [Manifest, Manifest] {
  return parseAllDocuments(text).map((document) => document.toJS() as Manifest) as unknown as readonly [
    Manifest,
    Manifest,
  ];
}

const shipped = shippedObjects('base/cronjob.yaml')[0] as unknown as Manifest;
const podOf = ({ spec }: Manifest): PodSpec => spec.jobTemplate.spec.template.spec;

test('the shipped CronJob with this schedule’s time, words, approval and rights', () => {
  const [configMap, cronJob] = objects(
    cronJobManifest({
      record,
      approval: '{"cap":1}\n',
      source: 'rotate 5\n',
      image: pinned,
    }),
  );
  expect(configMap).toMatchObject({ kind: 'ConfigMap', metadata: { name: 'schedule-night', namespace: 'nodemend' } });
  expect(configMap.data).toMatchObject({ 'approval.json': '{"cap":1}\n', source: 'rotate 5\n' });
  const text = configMap.data['schedule.json'] ?? '';
  expect(readSchedule(text, 'x')).toEqual({
    ...record,
    written: [
      {
        what: 'file',
        path: '/etc/nodemend/schedule/approval.json',
        sha256: sha256(Buffer.from('{"cap":1}\n', 'utf8')),
      },
      { what: 'file', path: '/etc/nodemend/schedule/source', sha256: sha256(Buffer.from('rotate 5\n', 'utf8')) },
    ],
  });
  expect(cronJob).toMatchObject({
    kind: 'CronJob',
    metadata: { name: 'schedule-night', namespace: 'nodemend' },
    spec: { schedule: '20 3 * * 0', concurrencyPolicy: 'Forbid' },
  });
  const [pod, before] = [podOf(cronJob), podOf(shipped)];
  expect(pod).toMatchObject({ serviceAccountName: 'nodemend-change', securityContext: before.securityContext });
  expect(pod.containers[0]).toMatchObject({
    image: pinned,
    imagePullPolicy: 'IfNotPresent',
    args: ['schedule', 'run', '/etc/nodemend/schedule/schedule.json', '--sha256', sha256(Buffer.from(text, 'utf8'))],
    securityContext: before.containers[0]?.securityContext,
  });
  expect(pod.volumes).toEqual([...before.volumes, { name: 'schedule', configMap: { name: 'schedule-night' } }]);
  expect(pod.containers[0]?.volumeMounts.map(({ name }) => name)).toEqual([
    ...(before.containers[0]?.volumeMounts.map(({ name }) => name) ?? []),
    'schedule',
  ]);
});

test('what only reads keeps the right to read, and the shipped image', () => {
  const [configMap, cronJob] = objects(
    cronJobManifest({
      record: { ...record, changes: false, command: ['diagnose'] },
      approval: undefined,
      source: undefined,
      image: undefined,
    }),
  );
  expect(Object.keys(configMap.data)).toEqual(['schedule.json']);
  expect(podOf(cronJob).serviceAccountName).toBe('nodemend-read');
  expect(podOf(cronJob).containers[0]).toMatchObject({
    image: podOf(shipped).containers[0]?.image,
    imagePullPolicy: 'Never',
  });
});

test('an image that its registry can exchange is refused', () => {
  const request = { record, approval: undefined, source: undefined };
  expect(() => cronJobManifest({ ...request, image: 'registry.example.com/nodemend:1' })).toThrow(
    expect.objectContaining({ code: 'IMAGE_NOT_PINNED' }),
  );
});

test('the longest name still leaves a CronJob room for its Jobs', () => {
  const [, cronJob] = objects(
    cronJobManifest({
      record: { ...record, name: 'n'.repeat(40) },
      approval: undefined,
      source: undefined,
      image: undefined,
    }),
  );
  expect(cronJob.metadata.name.length).toBeLessThanOrEqual(52);
});
