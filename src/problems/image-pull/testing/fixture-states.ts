import type { Evidence } from '../../../evidence/evidence.ts';
import { secretFixtures } from '../pull-secrets/testing/secret-fixtures.ts';
import { retiredFixtures } from './retired-fixtures.ts';
import { mirrorFixtures } from './mirror-fixtures.ts';
import { clusterWith, hostsOnly, type FixturePod } from './fixture.ts';

/**
 * The states that the fixtures are made of, by name (`<status>-<rule>[-<detail>]`). Pods and nodes are made up; the
 * words of kubelet and of the runtimes are theirs, each from the source that is named.
 */
export const states: Readonly<Record<string, Evidence>> = {
  ...retiredFixtures,
  // containerd 1.7.24 against a server that answers HEAD with 429 (measured).
  'fail-dockerhub-rate-limit': pulling(
    'nginx:1.25',
    'failed to pull and unpack image "docker.io/library/nginx:1.25": failed to resolve reference ' +
      '"docker.io/library/nginx:1.25": unexpected status from HEAD request to ' +
      'https://registry-1.docker.io/v2/library/nginx/manifests/1.25: 429 Too Many Requests',
  ),
  // dockerd 26.1.5 with kubelet 1.23 (measured): the cause is in an event.
  'fail-dockerhub-rate-limit-docker': clusterWith(
    [
      {
        name: 'web-1',
        madeBy: 'web',
        image: 'nginx:1.25',
        waits: { reason: 'ImagePullBackOff', message: 'Back-off pulling image "nginx:1.25"' },
      },
    ],
    [
      {
        about: 'web-1',
        reason: 'Failed',
        message:
          'Failed to pull image "nginx:1.25": rpc error: code = Unknown desc = Error response from daemon: ' +
          'toomanyrequests: You have reached your unauthenticated pull rate limit. ' +
          'https://www.docker.com/increase-rate-limit',
      },
    ],
  ),
  // falcosecurity/plugins#1069
  'fail-other-registry-rate-limit': pulling(
    'ghcr.io/shop/web:1',
    'failed to pull image "ghcr.io/shop/web:1": toomanyrequests: retry-after: 880.092µs, allowed: 44000/minute',
  ),
  'fail-auth-required': pulling(
    'registry.example.test/shop/web:1',
    'failed to resolve reference "registry.example.test/shop/web:1": unexpected status from HEAD request to ' +
      'https://registry.example.test/v2/shop/web/manifests/1: 401 Unauthorized',
  ),
  // containerd/containerd#11103
  'fail-auth-or-missing': pulling(
    'shop/web:1',
    'failed to resolve reference "docker.io/shop/web:1": pull access denied, repository does not exist or ' +
      'may require authorization: server message: insufficient_scope: authorization failed',
  ),
  'fail-not-found': pulling(
    'registry.example.test/shop/web:2',
    'failed to resolve reference "registry.example.test/shop/web:2": registry.example.test/shop/web:2: not found',
  ),
  'fail-dns': pulling(
    'registry.example.test/shop/web:1',
    'failed to do request: Head "https://registry.example.test/v2/shop/web/manifests/1": dial tcp: lookup ' +
      'registry.example.test on 10.0.0.2:53: no such host',
  ),
  'fail-network-unreachable': pulling(
    'registry.example.test/shop/web:1',
    'failed to do request: Head "https://registry.example.test/v2/shop/web/manifests/1": dial tcp ' +
      '192.0.2.1:443: connect: connection refused',
  ),
  // containerd/containerd#4950
  'fail-tls': pulling(
    'registry.example.test/shop/web:1',
    'failed to do request: Head "https://registry.example.test/v2/shop/web/manifests/1": tls: failed to ' +
      'verify certificate: x509: certificate signed by unknown authority',
  ),
  // A mirror of docker.io in trouble: containerd, core/remotes/docker, names it and what it stands in for.
  'fail-dns-mirror': pulling(
    'nginx:1.25',
    'failed to do request: Head "https://mirror.example.test/v2/library/nginx/manifests/1.25?ns=docker.io": dial tcp: lookup ' +
      'mirror.example.test on 10.0.0.2:53: no such host',
  ),
  'fail-network-unreachable-mirror': pulling(
    'nginx:1.25',
    'failed to do request: Head "https://mirror.example.test/v2/library/nginx/manifests/1.25?ns=docker.io": dial tcp ' +
      '192.0.2.1:443: connect: connection refused',
  ),
  'fail-tls-mirror': pulling(
    'nginx:1.25',
    'failed to do request: Head "https://mirror.example.test/v2/library/nginx/manifests/1.25?ns=docker.io": tls: failed to ' +
      'verify certificate: x509: certificate signed by unknown authority',
  ),
  // NKS troubleshooting guide, v1.24; containerd/containerd#3291
  'fail-retired-registry': pulling(
    'docker.pkg.github.com/shop/web/web:1',
    'failed to resolve reference "docker.pkg.github.com/shop/web/web:1": pulling from host ' +
      'docker.pkg.github.com failed with status code [manifests 1]: 401 Unauthorized',
  ),
  'fail-unsupported-manifest': pulling(
    'registry.example.test/shop/old:1',
    'failed to pull and unpack image "registry.example.test/shop/old:1": no match for platform in manifest: not found',
  ),
  'fail-disk-full': pulling(
    'nginx:1.25',
    'failed to extract layer sha256:00: write ' +
      '/var/lib/containerd/io.containerd.snapshotter.v1.overlayfs/snapshots/1/fs/x: no space left on device: ' +
      'unknown',
  ),
  // rootless-containers/usernetes#240
  'fail-sandbox-image-missing': clusterWith(
    [{ name: 'web-1', madeBy: 'web', waits: { reason: 'ContainerCreating' } }],
    [
      {
        about: 'web-1',
        reason: 'FailedCreatePodSandBox',
        message:
          'Failed to create pod sandbox: rpc error: code = Unknown desc = failed to get sandbox image ' +
          '"registry.k8s.io/pause:3.6": failed to pull image "registry.k8s.io/pause:3.6": failed to do request: ' +
          'Head "https://registry.k8s.io/v2/pause/manifests/3.6": dial tcp: lookup registry.k8s.io: no such host',
      },
    ],
  ),
  // kubelet, pkg/kubelet/images/image_manager.go
  'fail-invalid-image-name': waiting({
    image: 'Shop/Web:1',
    waits: {
      reason: 'InvalidImageName',
      message:
        'Failed to apply default image tag "Shop/Web:1": couldn\'t parse image name "Shop/Web:1": invalid ' +
        'reference format: repository name (Web) must be lowercase',
    },
  }),
  'fail-never-pulled': waiting({
    image: 'shop/web:1',
    waits: {
      reason: 'ErrImageNeverPull',
      message: 'Container image "shop/web:1" is not present with pull policy of Never',
    },
  }),
  'fail-other': pulling(
    'registry.example.test/shop/web:1',
    'unexpected status from HEAD request to https://registry.example.test/v2/shop/web/manifests/1: 503 Service Unavailable',
  ),
  'fail-cause-unseen': waiting({
    image: 'nginx:1.25',
    waits: { reason: 'ImagePullBackOff', message: 'Back-off pulling image "nginx:1.25"' },
  }),
  'pass-pulls-fine': clusterWith([
    { name: 'web-1', madeBy: 'web' },
    { name: 'db-1', image: 'registry.example.test/shop/db:1' },
  ]),
  'unknown-pods-unknown': clusterWith([], [], {
    pods: { state: 'unknown', reason: 'forbidden', detail: 'pods may not be listed' },
  }),
  'unknown-events-unknown': clusterWith([{ name: 'web-1' }], [], {
    events: { state: 'unknown', reason: 'forbidden', detail: 'events may not be listed' },
  }),
  'not-looked-at-pods-unknown': hostsOnly,
  ...secretFixtures,
  ...mirrorFixtures,
};

function waiting(pod: Omit<FixturePod, 'name'>): Evidence {
  return clusterWith([{ name: 'web-1', madeBy: 'web', ...pod }]);
}

/** As kubelet from 1.32 on says it (kubernetes/kubernetes#127918). */
function pulling(image: string, message: string): Evidence {
  return waiting({
    image,
    waits: { reason: 'ImagePullBackOff', message: `Back-off pulling image "${image}": ErrImagePull: ${message}` },
  });
}
