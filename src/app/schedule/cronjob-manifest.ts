import { parse, stringify } from 'yaml';
import shippedCronJob from '../../../deploy/base/cronjob.yaml?raw';
import { cronText } from '../../engine/schedule/interval.ts';
import { scheduleText, type ScheduleRecord } from '../../engine/schedule/schedule-record.ts';
import { pinnedImage } from '../../registry/pinned-image.ts';
import { sha256 } from '../../hash/sha256.ts';

export interface CronJobRequest {
  /** `written` becomes what the ConfigMap holds beside it. */
  readonly record: Omit<ScheduleRecord, 'written'>;
  /** Text of the standing approval; undefined for a command that only reads. */
  readonly approval: string | undefined;
  /** Content of the file that nodes are made equal to. */
  readonly source: string | undefined;
  /** Instead of the one in deploy/base/cronjob.yaml. */
  readonly image: string | undefined;
}

/** Where a pod finds its schedule: the ConfigMap that goes with it. */
const mountedAt = '/etc/nodemend/schedule';
export const podFiles = {
  record: `${mountedAt}/schedule.json`,
  approval: `${mountedAt}/approval.json`,
  source: `${mountedAt}/source`,
};

/** That of `deploy/`. */
export const scheduleNamespace = 'nodemend';
export const scheduleLabel = { 'app.kubernetes.io/name': 'nodemend', 'app.kubernetes.io/component': 'schedule' };

/** Of the shipped CronJob, what is changed for a schedule. */
interface CronJob {
  readonly metadata: object;
  readonly spec: {
    readonly schedule: string;
    readonly jobTemplate: { readonly spec: { readonly template: { readonly spec: PodSpec } } };
  };
}

interface PodSpec {
  readonly serviceAccountName: string;
  readonly containers: readonly [
    { readonly image: string; readonly imagePullPolicy: string; readonly volumeMounts: readonly object[] },
  ];
  readonly volumes: readonly object[];
}

/**
 * The CronJob of `deploy/`, so restricted, with this schedule's time, words and approval; YAML for `kubectl apply -f
 * -`. A change uses the service account of deploy/nodemend-change.yaml. The CronJob says the hash of the record, and
 * the record those of what lies beside it: anyone who can write the ConfigMap alone changes nothing that is run.
 * @throws NodemendError IMAGE_NOT_PINNED
 */
export function cronJobManifest({ record, approval, source, image }: CronJobRequest): string {
  // Beside what deploy/ has there. A CronJob's name has at most 52 characters, for its Jobs to have longer ones.
  const name = `schedule-${record.name}`;
  const labels = scheduleLabel;
  const metadata = { name, namespace: scheduleNamespace, labels };
  // Read as kubectl does, where 0400 is an octal number.
  const shipped = parse(shippedCronJob, { version: '1.1' }) as CronJob;
  const { jobTemplate } = shipped.spec;
  const podSpec = jobTemplate.spec.template.spec;
  const [container] = podSpec.containers;
  const pinned = pinnedImage(image ?? container.image);
  const beside = { ...(approval === undefined ? {} : { approval }), ...(source === undefined ? {} : { source }) };
  const written = Object.entries(beside).map(([name, content]) => ({
    what: 'file' as const,
    path: podFiles[name as keyof typeof beside],
    sha256: sha256(Buffer.from(content, 'utf8')),
  }));
  const text = scheduleText({ ...record, written });
  const pod = {
    ...podSpec,
    ...(record.changes ? { serviceAccountName: 'nodemend-change' } : {}),
    containers: [
      {
        ...container,
        image: pinned.image,
        imagePullPolicy: pinned.pullPolicy,
        args: ['schedule', 'run', podFiles.record, '--sha256', sha256(Buffer.from(text, 'utf8'))],
        volumeMounts: [...container.volumeMounts, { name: 'schedule', mountPath: mountedAt, readOnly: true }],
      },
    ],
    volumes: [...podSpec.volumes, { name: 'schedule', configMap: { name } }],
  };
  const data = {
    'schedule.json': text,
    ...(approval === undefined ? {} : { 'approval.json': approval }),
    ...(source === undefined ? {} : { source }),
  };
  const objects = [
    { apiVersion: 'v1', kind: 'ConfigMap', metadata, data },
    {
      ...shipped,
      metadata,
      spec: {
        ...shipped.spec,
        schedule: cronText(record.rhythm),
        jobTemplate: {
          ...jobTemplate,
          metadata: { labels },
          spec: { ...jobTemplate.spec, template: { metadata: { labels }, spec: pod } },
        },
      },
    },
  ];
  return objects.map((object) => stringify(object, { lineWidth: 0, aliasDuplicateObjects: false })).join('---\n');
}
