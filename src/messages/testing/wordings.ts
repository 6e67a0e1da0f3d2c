import type { Label } from '../label.ts';
import { foreignWordings } from './foreign-wordings.ts';
import { networkWordings } from './network-wordings.ts';

export interface Wording {
  readonly label: Label;
  readonly message: string;
  readonly source: string;
  readonly reason?: string;
}

/** One wording of each kind, put together by how the program named in `source` prints it. They document the rules. */
export const wordings: readonly Wording[] = [
  ...networkWordings,
  ...foreignWordings,
  {
    label: 'dockerhub-rate-limit',
    message:
      'Failed to pull image "nginx:1.25": failed to pull and unpack image "docker.io/library/nginx:1.25": ' +
      'failed to resolve reference "docker.io/library/nginx:1.25": unexpected status from HEAD request to ' +
      'https://registry-1.docker.io/v2/library/nginx/manifests/1.25: 429 Too Many Requests',
    source: 'measured: containerd 1.7.24, 429 on HEAD',
  },
  {
    label: 'dockerhub-rate-limit',
    message:
      'rpc error: code = Unknown desc = Error response from daemon: toomanyrequests: You have reached your ' +
      'pull rate limit. You may increase the limit by authenticating and upgrading: ' +
      'https://www.docker.com/increase-rate-limit',
    source: 'containerd/containerd#5357',
  },
  {
    label: 'other-registry-rate-limit',
    message:
      'failed to pull and unpack image "docker.io/library/nginx:1": failed to resolve reference ' +
      '"docker.io/library/nginx:1": unexpected status from HEAD request to ' +
      'https://mirror.example.com/v2/library/nginx/manifests/1?ns=docker.io: 429 Too Many Requests',
    source: 'measured: a mirror in front of Docker Hub with a limit of its own',
  },
  {
    label: 'dockerhub-rate-limit',
    message:
      '"Failed to pull image" err="rpc error: code = Unknown desc = Error response from daemon: error parsing ' +
      "HTTP 429 response body: invalid character 'T' looking for beginning of value: \\\"Too Many " +
      'Requests\\"" image="team/web:1"',
    source: 'measured: dockerd 20.10.24, 429 without JSON; kubelet 1.23',
  },
  {
    label: 'other-registry-rate-limit',
    message:
      'level=info msg="fetch failed after status: 429 Too Many Requests" host=registry.example.com method=HEAD ' +
      'url="https://registry.example.com/v2/web/manifests/1"',
    source: 'measured: containerd 2.4.2',
  },
  {
    label: 'other-registry-rate-limit',
    message:
      'failed to pull image "ghcr.io/falcosecurity/plugins/k8saudit:1": toomanyrequests: retry-after: 880.092µs, allowed: 44000/minute',
    source: 'falcosecurity/plugins#1069',
  },
  {
    label: 'auth-required',
    message:
      'failed to pull image "a.example/b:1": failed to resolve reference "a.example/b:1": unexpected status ' +
      'from HEAD request to https://a.example/v2/b/manifests/1: 401 Unauthorized',
    source: 'measured: containerd 1.7.24',
  },
  {
    label: 'auth-or-missing',
    message:
      'failed to pull image "a/b:1": failed to resolve reference "docker.io/a/b:1": pull access denied, ' +
      'repository does not exist or may require authorization: server message: insufficient_scope: ' +
      'authorization failed',
    source: 'containerd/containerd#11103',
  },
  {
    label: 'not-found',
    message:
      'Failed to pull image "a.example/b:no": rpc error: code = NotFound desc = failed to pull and unpack ' +
      'image "a.example/b:no": failed to resolve reference "a.example/b:no": a.example/b:no: not found',
    source: 'measured: containerd 1.7.24',
  },
  {
    label: 'not-found',
    message: 'Error response from daemon: manifest for a.example/b:no not found: manifest unknown: manifest unknown',
    source: 'measured: dockerd 26.1.5',
  },
  {
    label: 'dns',
    message:
      'failed to do request: Head "https://a.example/v2/b/manifests/1": dial tcp: lookup a.example on ' +
      '10.0.0.2:53: i/o timeout, image "a.example/b:1"',
    source: 'measured: a resolver that does not answer',
  },
  {
    label: 'network-unreachable',
    message:
      'failed to pull image "a.example/b:1": failed to do request: Head "https://a.example/v2/b/manifests/1": ' +
      'dial tcp 192.0.2.1:443: connect: connection refused',
    source: 'measured: containerd 1.7.24',
  },
  {
    label: 'tls',
    message:
      'failed to pull image "a.example/b:1": failed to do request: Head "https://a.example/v2/b/manifests/1": ' +
      'tls: failed to verify certificate: x509: certificate signed by unknown authority',
    source: 'containerd/containerd#4950',
  },
  {
    label: 'sandbox-image-missing',
    message:
      'Failed to create pod sandbox: rpc error: code = Unknown desc = failed to get sandbox image ' +
      '"registry.k8s.io/pause:3.6": failed to pull image "registry.k8s.io/pause:3.6": failed to pull and ' +
      'unpack image "registry.k8s.io/pause:3.6": failed to resolve reference "registry.k8s.io/pause:3.6": ' +
      'failed to do request: Head "https://registry.k8s.io/v2/pause/manifests/3.6": dial tcp: lookup ' +
      'registry.k8s.io: no such host',
    source: 'rootless-containers/usernetes#240',
  },
  {
    label: 'sandbox-image-missing',
    message:
      '"CreatePodSandbox for pod failed" err="rpc error: code = Unknown desc = failed to pull image ' +
      '\\"registry.k8s.io/pause:3.6\\": failed to pull and unpack image \\"registry.k8s.io/pause:3.6\\": ' +
      'failed to resolve image: failed to do request: Head ' +
      '\\"https://registry.k8s.io/v2/pause/manifests/3.6\\": dial tcp: lookup registry.k8s.io on 10.0.0.2:53: ' +
      'no such host" pod="default/web"',
    source: 'measured: containerd 2.4.2, kubelet 1.34.4',
  },
  {
    label: 'retired-registry',
    message: 'pulling from host docker.pkg.github.com failed with status code [manifests v1]: 401 Unauthorized',
    source: 'NKS troubleshooting guide; containerd/containerd#3291',
  },
  {
    label: 'retired-registry',
    message:
      'Failed to pull image "k8s.gcr.io/kube-proxy:v1.28.0": failed to resolve reference ' +
      '"k8s.gcr.io/kube-proxy:v1.28.0": k8s.gcr.io/kube-proxy:v1.28.0: not found',
    source: 'measured: frozen, so that no 1.27 and later is there',
  },
  {
    label: 'tls',
    message:
      'Failed to pull image "k8s.gcr.io/kube-proxy:v1.22.0": Get https://k8s.gcr.io/v2/: x509: certificate has expired or is not yet valid',
    source: 'a retired name is not the cause of a certificate',
  },
  {
    label: 'unsupported-manifest',
    message:
      'failed to pull image "a.example/b:1": not implemented: media type ' +
      '"application/vnd.docker.distribution.manifest.v1+prettyjws" is no longer supported since containerd ' +
      'v2.1, please rebuild the image as "application/vnd.docker.distribution.manifest.v2+json"',
    source: 'kubernetes/website#52702',
  },
  {
    label: 'unsupported-manifest',
    message: 'failed to pull and unpack image "a.example/b:1": no match for platform in manifest: not found',
    source: 'measured: containerd 1.7.24',
  },
  {
    label: 'disk-full',
    message:
      'failed to pull and unpack image "a.example/b:1": failed to extract layer sha256:00: write ' +
      '/var/lib/containerd/io.containerd.snapshotter.v1.overlayfs/snapshots/1/fs/x: no space left on device: ' +
      'unknown',
    source: 'measured: containerd 1.6.20 on a full disk',
  },
  {
    label: 'memory-cgroup',
    message:
      'unable to ensure pod container exists: failed to create container for [kubepods burstable pod8a] : ' +
      'mkdir /sys/fs/cgroup/memory/kubepods/burstable/pod8a: cannot allocate memory',
    source: 'kubernetes/kubernetes#96701',
  },
  {
    label: 'memory-cgroup',
    message:
      'OCI runtime create failed: container_linux.go:346: starting container process caused ' +
      '"process_linux.go:297: applying cgroup configuration for process caused \\"mkdir ' +
      '/sys/fs/cgroup/memory/docker/0a: no space left on device\\"": unknown',
    source: 'docker/for-linux#841',
  },
  {
    label: 'oom',
    message:
      'OCI runtime create failed: runc create failed: unable to start container process: container init was ' +
      'OOM-killed (memory limit too low?): unknown',
    source: 'opencontainers/runc, libcontainer/process_linux.go',
  },
  {
    label: 'fork-limit',
    message:
      'Liveness probe errored: rpc error: failed to exec in container: failed to start exec: fork/exec ' +
      '/usr/bin/runc: resource temporarily unavailable: unknown',
    source: 'containerd/containerd, exec without a free process id',
  },
  {
    label: 'fork-limit',
    message: 'cgroup: fork rejected by pids controller in /kubepods/burstable/pod8a/0a',
    source: 'linux, kernel/cgroup/pids.c',
  },
  {
    label: 'mount-or-volume',
    message:
      'MountVolume.SetUp failed for volume "data" : mount failed: exit status 32 Mounting command: mount ' +
      'Output: mount.nfs: Connection timed out',
    source: 'kubernetes/kubernetes, pkg/volume',
  },
  {
    label: 'mount-or-volume',
    message:
      '"Error syncing pod, skipping" err="unmounted volumes=[data], unattached volumes=[], failed to process ' +
      'volumes=[]: context deadline exceeded" pod="default/web"',
    source: 'measured: kubelet 1.34.4',
  },
  {
    label: 'cni',
    message:
      'Failed to create pod sandbox: rpc error: code = Unknown desc = failed to setup network for sandbox ' +
      '"0a": plugin type="calico" failed (add): error getting ClusterInformation: connection is unauthorized: ' +
      'Unauthorized',
    source: 'projectcalico/calico#5712',
  },
  {
    label: 'invalid-image-name',
    message:
      'Failed to apply default image tag "Nginx:1": couldn\'t parse image name "Nginx:1": invalid reference ' +
      'format: repository name (library/Nginx) must be lowercase',
    source: 'kubernetes/kubernetes, pkg/kubelet/images',
  },
  {
    label: 'auth-required',
    message:
      'Failed to pull image "a.example/b:1": Error response from daemon: Head "https://a.example/v2/b/manifests/1": denied',
    source: "moby/moby, distribution: the registry's DENIED without a message",
  },
  {
    label: 'auth-required',
    message:
      'Failed to pull image "a.azurecr.io/b:1": Error response from daemon: Head ' +
      '"https://a.azurecr.io/v2/b/manifests/1": unauthorized: authentication required, visit ' +
      'https://aka.ms/acr/authorization for more information.',
    source: "Azure/acr: its page addresses are no limit's",
  },
  {
    label: 'auth-required',
    message: 'error pulling image configuration: download failed after attempts=6: denied',
    source: 'moby/moby, distribution: a layer refused',
  },
  {
    label: 'not-found',
    message: 'error pulling image configuration: download failed after attempts=1: unknown blob',
    source: 'moby/moby, distribution: BLOB_UNKNOWN',
  },
  {
    label: 'not-found',
    message:
      'failed to pull and unpack image "a.example/b:1": failed to copy: httpReadSeeker: failed open: content ' +
      'at https://a.example/v2/b/manifests/sha256:00 not found: not found',
    source: 'containerd/containerd, core/remotes/docker',
  },
  {
    label: 'unsupported-manifest',
    message:
      'Failed to pull image "a.example/b:1": a Windows version 10.0.20348-based image is incompatible with a 10.0.17763 host',
    source: 'moby/moby, distribution, Windows',
  },
  {
    label: 'other',
    message:
      'OCI runtime create failed: runc create failed: unable to start container process: nsexec: failed to ' +
      'unshare remaining namespaces: No space left on device',
    source: 'opencontainers/runc: the limit of namespaces, not a disk',
  },
  {
    label: 'not-found',
    message: 'Error response from daemon: unknown: artifact cache/library/nginx@sha256:00 not found',
    source: 'goharbor/harbor, proxy project',
  },
  {
    label: 'network-unreachable',
    message: 'Failed to pull image "a.example/b:1": rpc error: code = Unknown desc = context deadline exceeded',
    source: 'Mirantis/cri-dockerd: a pull that made no progress',
  },
  {
    label: 'mount-or-volume',
    message: 'configmap.go:199] Couldn\'t get configMap default/settings: configmap "settings" not found',
    source: 'kubernetes/kubernetes, pkg/volume/configmap',
  },
  {
    label: 'cni',
    message: 'cni.go:240] Unable to update cni config: no networks found in /etc/cni/net.d',
    source: 'kubernetes/kubernetes, dockershim',
  },
  {
    label: 'other',
    message:
      'failed to pull and unpack image "a.example/b:1": failed to extract layer sha256:00: failed to get ' +
      'reader from content store: content digest sha256:11: not found',
    source: 'containerd/containerd: a layer gone from its own store',
  },
  {
    label: 'other-registry-rate-limit',
    message:
      "Error response from daemon: toomanyrequests: Quota exceeded for quota metric 'Requests per project per " +
      "region' of service 'artifactregistry.googleapis.com'",
    source: 'Google Artifact Registry, behind registry.k8s.io: kubernetes/k8s.io#6431',
  },
  {
    label: 'cni',
    message:
      'Error syncing pod 8a ("web_default(8a)"), skipping: network is not ready: [Kubenet does not have ' +
      'netConfig. This is most likely due to lack of PodCIDR]',
    source: 'kubernetes/kubernetes, pkg/kubelet/dockershim/network/kubenet, up to 1.23',
  },
  {
    label: 'auth-required',
    message:
      'Unauthenticated requests do not have permission "artifactregistry.repositories.downloadArtifacts" on ' +
      'resource "projects/p/locations/us/repositories/a"',
    source: "Google Artifact Registry's answer, quoted alone",
  },
  {
    label: 'unsupported-manifest',
    message: 'Image a/b:1 Error not implemented: media type "application/vnd.docker.dist...',
    source: "docker compose: containerd 2.1's refusal of a schema 1 manifest, cut to the width of a terminal",
  },
  {
    label: 'network-unreachable',
    message:
      'Failed to pull image "a.example/b:1": copying system image from manifest list: writing blob: storing ' +
      'blob to file "/var/tmp/storage1/1": happened during read: unexpected EOF',
    source: 'containers/image, storage destination: a layer that broke off',
  },
  {
    label: 'other-registry-rate-limit',
    message:
      'unexpected status code https://a.example/v2/hub/library/nginx/manifests/1: 429 Too Many Requests - ' +
      'Server message: unknown: too many requests to upstream registry',
    source: 'goharbor/harbor, proxy project',
  },
  {
    label: 'disk-full',
    message:
      'Failed to pull image "a.example/b:1": rpc error: code = Unknown desc = write ' +
      'C:\\Windows\\TEMP\\GetImageBlob1: There is not enough space on the disk.',
    source: "Windows' ERROR_DISK_FULL, by dockerd",
  },
  {
    label: 'mount-or-volume',
    message:
      'failed to generate container "0a" spec: failed to generate spec: failed to stat "/mnt/data": stat ' +
      '/mnt/data: no such file or directory',
    source: 'containerd/containerd, internal/cri/opts: the source of a mount',
  },
  {
    label: 'other',
    message: 'Back-off pulling image "nginx:1.25"',
    source: 'kubelet before 1.32: the cause is in an event that may be gone',
  },
  {
    label: 'other',
    message: 'failed to create fsnotify watcher: inotify_init: no space left on device',
    source: 'kubernetes/kubernetes: inotify watches, not a disk',
  },
  {
    label: 'other',
    message: 'received unexpected HTTP status: 503 Service Unavailable while pulling image "quay.io/a/b:1"',
    source: 'measured: dockerd 26.1.5',
  },
  {
    label: 'other',
    message: 'Liveness probe failed: dial tcp 10.244.0.18:8080: connect: connection refused',
    source: "kubelet's prober: the container's own server",
  },
  {
    label: 'other',
    message: 'Back-off pulling image "registry.example.com/unauthorized:1"',
    source: 'a name that is a word',
  },
  { label: 'other', message: 'pull QPS exceeded', source: "kubelet's own registryPullQPS" },
];
