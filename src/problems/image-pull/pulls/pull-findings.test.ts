import { describe, expect, test } from 'vitest';
import type { Finding } from '../../problem.ts';
import { clusterWith, hostsOnly, type FixtureEvent, type FixturePod } from '../testing/fixture.ts';
import { workloadFacts } from '../testing/workloads.ts';
import { pullFindings } from './pull-findings.ts';

const limit =
  'failed to pull and unpack image "docker.io/library/nginx:1": failed to resolve reference ' +
  '"docker.io/library/nginx:1": unexpected status from HEAD request to ' +
  'https://registry-1.docker.io/v2/library/nginx/manifests/1: 429 Too Many Requests';
const refused = (image: string): string =>
  `failed to pull and unpack image "${image}": failed to resolve reference "${image}": failed to do ` +
  'request: Head "https://registry.example.test/v2/": dial tcp 192.0.2.1:443: connect: connection refused';

function waiting(name: string, image: string, message: string, more: Partial<FixturePod> = {}): FixturePod {
  return {
    name,
    image,
    waits: {
      reason: 'ImagePullBackOff',
      message:
        message === ''
          ? `Back-off pulling image "${image}"`
          : `Back-off pulling image "${image}": ErrImagePull: ${message}`,
    },
    ...more,
  };
}

function found(pods: readonly FixturePod[], events: readonly FixtureEvent[] = []): readonly Finding[] {
  return pullFindings(clusterWith(pods, events));
}

function told(findings: readonly Finding[]): readonly string[] {
  return findings.map(
    ({ status, rule, subject }) => `${status} ${rule} ${subject.kind}${'name' in subject ? ` ${subject.name}` : ''}`,
  );
}

describe('a cause and what it hits', () => {
  test('a hundred pods of one registry are one finding, and what runs of it is counted', () => {
    const failing = Array.from({ length: 100 }, (_, index) =>
      waiting(
        `web-${index}`,
        `registry.example.test/web:${index % 7}`,
        refused(`registry.example.test/web:${index % 7}`),
        { madeBy: `web-${index % 7}`, node: `worker-${index % 3}` },
      ),
    );
    const running = { name: 'db-1', image: 'registry.example.test/db:1', madeBy: 'db' };
    const findings = found([...failing, running, { name: 'other', image: 'nginx:1' }]);
    expect(told(findings)).toEqual(['fail network-unreachable registry registry.example.test']);
    expect(findings[0]).toMatchObject({ facts: { pods: 100, nodes: 3, alsoUsedBy: 1 }, evidence: ['cluster#pods'] });
  });

  test('Docker Hub by whatever name it is written', () => {
    const findings = found(
      ['nginx:1', 'docker.io/library/nginx:1', 'index.docker.io/library/nginx:1'].map((image, index) =>
        waiting(`web-${index}`, image, limit),
      ),
    );
    expect(told(findings)).toEqual(['fail dockerhub-rate-limit registry docker.io']);
  });

  test('workloads are told by the name of what made them: two ReplicaSets of one Deployment are one', () => {
    const workloads = workloadFacts([
      { kind: 'Deployment', name: 'web' },
      ...['web-1', 'web-2'].map((name) => ({ kind: 'ReplicaSet', name, owner: 'Deployment/web' }) as const),
    ]);
    const pods = ['web-1', 'web-2', 'db-1'].map((madeBy) =>
      waiting(`${madeBy}-x`, 'registry.example.test/web:1', refused('registry.example.test/web:1'), { madeBy }),
    );
    const [finding] = pullFindings(clusterWith(pods, [], { workloads }));
    expect(finding).toMatchObject({
      facts: {
        workloads: [
          { name: 'shop/db-1', pods: 1 },
          { name: 'shop/web', pods: 2 },
        ],
      },
    });
  });

  test('a tag that does not exist concerns its image alone', () => {
    const missing = (image: string) =>
      `failed to resolve reference "docker.io/library/${image}": docker.io/library/${image}: not found`;
    const findings = found([
      waiting('a', 'nginx:no', missing('nginx:no')),
      waiting('b', 'nginx:no', missing('nginx:no')),
      waiting('c', 'nginx:nor', missing('nginx:nor')),
    ]);
    expect(told(findings)).toEqual([
      'fail not-found image docker.io/library/nginx:no',
      'fail not-found image docker.io/library/nginx:nor',
    ]);
  });

  test('a full disk concerns the node', () => {
    const full = 'failed to extract layer sha256:00: write /var/lib/containerd/x: no space left on device: unknown';
    expect(told(found([waiting('a', 'nginx:1', full, { node: 'worker-2' })]))).toEqual([
      'fail disk-full node worker-2',
    ]);
  });

  test('what is not a cause of a failing pull is left alone, with its text', () => {
    const [finding] = found([waiting('a', 'nginx:1', 'some words that nobody has seen before')]);
    expect(finding).toMatchObject({
      rule: 'other',
      severity: 'medium',
      text: { params: { said: expect.stringContaining('nobody has seen') as string } },
    });
  });

  test('an image that is not a reference, and one that may not be pulled', () => {
    const findings = found([
      {
        name: 'a',
        image: 'Shop/Web:1',
        waits: {
          reason: 'InvalidImageName',
          message: 'Failed to apply default image tag "Shop/Web:1": couldn\'t parse image reference',
        },
      },
      {
        name: 'b',
        image: 'nginx:1',
        waits: {
          reason: 'ErrImageNeverPull',
          message: 'Container image "nginx:1" is not present with pull policy of Never',
        },
      },
    ]);
    expect(told(findings)).toEqual([
      'fail invalid-image-name image Shop/Web:1',
      'fail never-pulled image docker.io/library/nginx:1',
    ]);
  });
});

describe('kubelet before 1.32 tells the cause in events alone', () => {
  const silent = waiting('web-1', 'nginx:1', '');
  const event = {
    about: 'web-1',
    reason: 'Failed',
    message: `Failed to pull image "nginx:1": rpc error: code = Unknown desc = ${limit}`,
  };

  test('the event of the same image', () => {
    const [finding] = found([silent], [event]);
    expect(finding).toMatchObject({ rule: 'dockerhub-rate-limit', evidence: ['cluster#events'] });
  });

  test('the latest of them', () => {
    const later = {
      ...event,
      message: `Failed to pull image "nginx:1": ${refused('nginx:1')}`,
      at: '2026-11-26T00:05:00Z',
    };
    expect(told(found([silent], [later, event]))).toEqual(['fail network-unreachable registry registry.example.test']);
  });

  test.each<[string, Partial<FixtureEvent>]>([
    ['of another node', { node: 'worker-9' }],
    ['of another namespace', { namespace: 'other' }],
    ['of another image', { message: `Failed to pull image "nginx:10": ${limit}` }],
    ['that it failed, without the cause', { message: 'Error: ErrImagePull' }],
  ])('not one %s', (_, change) => {
    expect(told(found([silent], [{ ...event, ...change }]))).toEqual([
      'fail cause-unseen image docker.io/library/nginx:1',
    ]);
  });
});

describe('the sandbox image', () => {
  const event = {
    about: 'web-1',
    reason: 'FailedCreatePodSandBox',
    message:
      'Failed to create pod sandbox: rpc error: code = Unknown desc = failed to get sandbox image ' +
      '"registry.k8s.io/pause:3.6": failed to pull image "registry.k8s.io/pause:3.6": failed to do request: ' +
      'Head "https://registry.k8s.io/v2/pause/manifests/3.6": dial tcp: lookup registry.k8s.io: no such host',
  };
  const creating = { name: 'web-1', waits: { reason: 'ContainerCreating' } };

  test('missing on a node where a pod waits for it', () => {
    expect(told(found([creating], [event]))).toEqual(['fail sandbox-image-missing node worker-1']);
  });

  test('an event of what is over is the past', () => {
    expect(told(found([{ name: 'web-1' }], [event]))).toEqual(['pass pulls-fine cluster']);
  });

  test('a sandbox that fails for its network does not concern images', () => {
    const network = {
      ...event,
      message:
        'Failed to create pod sandbox: rpc error: code = Unknown desc = failed to setup network for sandbox "1": ' +
        'plugin type="calico" failed (add): connection is unauthorized',
    };
    expect(told(found([creating], [network]))).toEqual(['pass pulls-fine cluster']);
  });
});

describe('what was not seen is never fine', () => {
  test('pods may not be listed', () => {
    const forbidden = { state: 'unknown', reason: 'forbidden', detail: 'no' } as const;
    expect(told(pullFindings(clusterWith([], [], { pods: forbidden })))).toEqual(['unknown pods-unknown cluster']);
  });

  test('events may not be listed: what pods say is told, and that the rest is unknown', () => {
    const forbidden = { state: 'unknown', reason: 'forbidden', detail: 'no' } as const;
    expect(told(pullFindings(clusterWith([waiting('a', 'nginx:1', limit)], [], { events: forbidden })))).toEqual([
      'fail dockerhub-rate-limit registry docker.io',
      'unknown events-unknown cluster',
    ]);
    expect(told(pullFindings(clusterWith([{ name: 'a' }], [], { events: forbidden })))).toEqual([
      'unknown events-unknown cluster',
    ]);
  });

  test('no API server', () => {
    expect(pullFindings(hostsOnly)).toMatchObject([{ status: 'not-looked-at', enable: '--kubeconfig' }]);
  });

  test('the API server did not answer', () => {
    const evidence = { ...hostsOnly, cluster: { state: 'unknown', reason: 'unreachable', detail: 'no' } } as const;
    expect(told(pullFindings(evidence))).toEqual(['unknown pods-unknown cluster']);
  });
});

describe('a mirror that does not answer', () => {
  // As each runtime prints it: containerd, core/remotes/docker; moby, distribution; containers/image, docker.
  const words: Readonly<Record<string, string>> = {
    containerd:
      'failed to resolve reference "docker.io/library/nginx:1": failed to do request: Head ' +
      '"https://mirror.example:5000/v2/library/nginx/manifests/1?ns=docker.io": dial tcp 192.0.2.7:5000: connect: connection refused',
    dockerd:
      'Error response from daemon: Get "https://mirror.example:5000/v2/": dial tcp 192.0.2.7:5000: connect: connection refused',
    'CRI-O':
      '(Mirrors also failed: [mirror.example:5000/library/nginx:1: pinging container registry mirror.example:5000: Get ' +
      '"https://mirror.example:5000/v2/": dial tcp 192.0.2.7:5000: connect: connection refused]): docker.io/library/nginx:1: pinging ' +
      'container registry registry-1.docker.io: Get "https://registry-1.docker.io/v2/": dial tcp 192.0.2.8:443: i/o timeout',
  };

  test.each(Object.entries(words))('%s', (_, message) => {
    expect(told(found([waiting('web-1', 'nginx:1', message)]))).toEqual([
      'fail network-unreachable registry mirror.example:5000',
    ]);
  });

  test('is one finding, whatever images wait for it on whatever runtime', () => {
    const pods = Object.values(words).map((message, index) =>
      waiting(`web-${index}`, index === 0 ? 'quay.io/team/web:1' : 'nginx:1', message, { node: `worker-${index}` }),
    );
    const findings = found([...pods, { name: 'db-1', image: 'quay.io/team/db:1', madeBy: 'db' }]);
    expect(told(findings)).toEqual(['fail network-unreachable registry mirror.example:5000']);
    expect(findings[0]).toMatchObject({
      text: { key: 'findings.mirror-network-unreachable', params: { registries: 'docker.io, quay.io' } },
      facts: { pods: 3, alsoUsedBy: 1, mirrorOf: ['docker.io', 'quay.io'] },
    });
  });

  test("Docker Hub's own hosts are not mirrors, and neither is a server of tokens", () => {
    const refusing = (url: string): string =>
      `failed to do request: Get "${url}": dial tcp 192.0.2.8:443: connect: connection refused`;
    for (const url of [
      'https://registry-1.docker.io/v2/',
      'https://auth.docker.io/token?service=registry.docker.io',
      'https://index.docker.io/v2/',
    ])
      expect(told(found([waiting('web-1', 'nginx:1', refusing(url))]))).toEqual([
        'fail network-unreachable registry docker.io',
      ]);
    expect(told(found([waiting('web-1', 'reg.example/a:1', refusing('https://REG.example:443/v2/'))]))).toEqual([
      'fail network-unreachable registry reg.example',
    ]);
  });
});

test('a retired registry whose name is gone is one finding, however nodes notice it', () => {
  const image = 'k8s.gcr.io/web:1';
  const asking = (said: string): string =>
    `failed to do request: Head "https://k8s.gcr.io/v2/web/manifests/1": dial tcp${said}`;
  const pods = [': lookup k8s.gcr.io on 10.0.0.2:53: no such host', ' 192.0.2.1:443: i/o timeout'].map((said, index) =>
    waiting(`web-${index}`, image, asking(said), { node: `worker-${index}` }),
  );
  expect(told(found(pods))).toEqual(['fail retired-registry registry k8s.gcr.io']);
});

describe('names decide nothing', () => {
  test('a workload whose image is called pause is not a lost sandbox', () => {
    for (const image of [
      'registry.example.test/pause:3.9',
      'registry.example.test/team/pause:1',
      'registry.k8s.io/pause:3.9',
    ])
      for (const said of [`failed to resolve reference "${image}": ${image}: not found`, ''])
        expect(
          found([
            waiting('pod', image, said, { node: 'worker-1' }),
            waiting('pause', image, said, { node: 'worker-2' }),
          ]).map(({ rule }) => rule),
        ).toEqual([said === '' ? 'cause-unseen' : 'not-found']);
  });

  test.each(['oom-killer', 'config-watcher', 'inotify-tools', 'createpodsandbox', 'cni0', 'toomanyrequests'])(
    '%s',
    (name) => {
      const image = `registry.example.test/${name}/${name}:${name}`;
      const full =
        `failed to pull and unpack image "${image}": failed to extract layer sha256:00: ` +
        'write /var/lib/containerd/x: no space left on device';
      expect(told(found([waiting(name, image, full, { node: 'worker-1' })]))).toEqual(['fail disk-full node worker-1']);
      expect(
        told(found([waiting(name, image, `failed to resolve reference "${image}": ${image}: not found`)])),
      ).toEqual([`fail not-found image ${image}`]);
    },
  );
});

test('a back-off in an event that quotes its cause is one that tells it', () => {
  const image = 'registry.example.test/web:2';
  const event = (reason: string, message: string): FixtureEvent => ({ about: 'web-1', reason, message });
  expect(
    told(
      found(
        [waiting('web-1', image, '')],
        [
          event('BackOff', `Back-off pulling image "${image}"`),
          event(
            'BackOff',
            `Back-off pulling image "${image}": ErrImagePull: rpc error: code = NotFound desc = ${image}: not found`,
          ),
        ],
      ),
    ),
  ).toEqual([`fail not-found image ${image}`]);
});
