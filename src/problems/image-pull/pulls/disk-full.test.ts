import { describe, expect, test } from 'vitest';
import { diagnose, type Diagnosis } from '../../../engine/diagnose.ts';
import type { Finding } from '../../problem.ts';
import { containerLogs } from '../../container-logs/problem.ts';
import { node, section } from '../../container-logs/testing/node.ts';
import { readRecorded } from '../../../messages/testing/recorded.ts';
import { imagePull } from '../problem.ts';
import { clusterWith } from '../testing/fixture.ts';

const said = (id: string): string => readRecorded().find((one) => one.id === id)?.message ?? '';

interface DiskFixture {
  readonly runtime: 'containerd' | 'docker';
  readonly message: string;
  /** Of 1,000 MiB, on the disk of images and logs. */
  readonly freeMegabytes?: number;
  /** Room where the images are, where that is another file system. */
  readonly freeOfImages?: number;
  readonly isLost?: boolean;
}

/** A pull that fails on a node whose disk was looked at. */
function diagnosed({
  runtime,
  message,
  freeMegabytes = 40,
  freeOfImages = freeMegabytes,
  isLost = false,
}: DiskFixture): Diagnosis {
  const isDocker = runtime === 'docker';
  const [logs, root] = isDocker
    ? ['/var/lib/docker/containers', '/var/lib/docker']
    : ['/var/log/pods', '/var/lib/containerd'];
  const log = isDocker
    ? `${logs}/${'1'.repeat(64)}/${'1'.repeat(64)}-json.log.1`
    : `${logs}/shop_web_u/app/0.log.20260101`;
  const room = (path: string, free: number): string =>
    `4096 256000 ${free * 256} ${free * 256} 5000 4000 ${free.toString(16)} ${path}\n`;
  const lost = { state: 'unknown', reason: 'timed-out', detail: '' } as const;
  const seen = node({
    runtimeVersion: isDocker ? 'docker://20.10.24' : 'containerd://1.6.20',
    ...(isDocker
      ? {}
      : { runtime: 'process containerd 8\n', logs: 'pods\nat shop_web_u/app\n81a0 0 0 1 300 8 0.log\n' }),
    disk: room(logs, freeMegabytes) + room(root, freeOfImages),
    sections: {
      'container-logs/free-room': isLost
        ? lost
        : section(
            `now 1795724788\ndisk 1048576 1000 ${freeMegabytes} ${freeMegabytes} 5000 4000 abc ${logs}\n` +
              `log closed ${400 * 2048} 81a0 0 0 1 7 1 1795638388 ${400 * 1024 ** 2} ${log}\n`,
          ),
    },
  });
  const evidence = clusterWith([
    { name: 'web-1', image: 'sound.test/large:1', waits: { reason: 'ErrImagePull', message } },
  ]);
  const nodes = evidence.nodes.map((one) => ({ ...one, access: seen.access, api: seen.api, sections: seen.sections }));
  const problems = ['container-logs', 'image-pull'];
  return diagnose({ ...evidence, nodes, scope: { ...evidence.scope, via: 'ssh', problems } }, [
    containerLogs,
    imagePull,
  ]);
}

const rules = (findings: readonly Finding[]): readonly string[] => findings.map(({ rule }) => rule);
const containerd = said('containerd-no-room-2');
const docker = said('docker-no-room-1').replace(/^Failed to pull image "[^"]*": /u, '');

describe('a pull that fails for lack of room', () => {
  test.each<[string, DiskFixture]>([
    ['containerd', { runtime: 'containerd', message: containerd }],
    ['docker', { runtime: 'docker', message: docker }],
  ])('is a symptom of the full disk of the images: %s', (_, fixture) => {
    const { findings, muted } = diagnosed(fixture);
    const cause = findings.find(({ rule }) => rule === 'disk-over-threshold');

    expect(cause).toMatchObject({ problem: 'container-logs', status: 'fail', severity: 'critical' });
    expect(muted).toMatchObject([{ problem: 'image-pull', rule: 'disk-full', causedBy: cause?.fingerprint }]);
    expect(rules(findings)).not.toContain('disk-full');
  });

  test.each<[string, DiskFixture]>([
    ['the disk has room again', { runtime: 'containerd', message: containerd, freeMegabytes: 600 }],
    ['the full disk holds no images', { runtime: 'containerd', message: containerd, freeOfImages: 600 }],
    ['images lie elsewhere', { runtime: 'containerd', message: containerd.replaceAll('/var/lib/', '/data/') }],
    ['the disk could not be looked at', { runtime: 'containerd', message: containerd, isLost: true }],
  ])('is told on its own where %s', (_, fixture) => {
    const { findings, muted } = diagnosed(fixture);

    expect(rules(findings)).toContain('disk-full');
    expect(muted).toEqual([]);
  });
});
