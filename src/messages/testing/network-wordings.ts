import type { Wording } from './wordings.ts';

const head =
  'failed to pull and unpack image "a.example/b:1": failed to resolve reference "a.example/b:1": failed to do request: ';
const sandbox =
  'Failed to create pod sandbox: rpc error: code = Unknown desc = failed to setup network for sandbox "0a": ';

/** Proxies, connections that break off, limits, manifests and network plugins, each in its own words. */
export const networkWordings: readonly Wording[] = [
  {
    label: 'fork-limit',
    message: 'failed to start containerd task "web": failed to clone: resource temporarily unavailable',
    source: 'linux, kernel/fork.c: a process that is cloned is no repository',
  },
  {
    label: 'network-unreachable',
    message: `${head}Head "https://a.example/v2/b/manifests/1": Forbidden`,
    source: "golang/go, net/http/transport.go, dialConn: a proxy's 403 to CONNECT; containerd, core/remotes/docker",
  },
  {
    label: 'network-unreachable',
    message: 'Error response from daemon: Get https://registry-1.docker.io/v2/: Forbidden',
    source: 'moby/moby#40507: the same by dockerd 19.03',
  },
  {
    label: 'network-unreachable',
    message: `${head}Head "https://a.example/v2/b/manifests/1": Proxy Authentication Required`,
    source: "golang/go, net/http/transport.go, dialConn: a proxy's 407 to CONNECT",
  },
  {
    label: 'network-unreachable',
    message: `${head}Head "https://a.example/v2/b/manifests/1": Service Unavailable`,
    source: "golang/go, net/http/transport.go, dialConn: a proxy's 503 to CONNECT",
  },
  {
    label: 'auth-required',
    message:
      `${head.replace('failed to do request: ', '')}unexpected status from HEAD request to ` +
      'https://a.example/v2/b/manifests/1: 403 Forbidden',
    source: "containerd, core/remotes/docker: a registry's own 403 has its number",
  },
  {
    label: 'network-unreachable',
    message: 'Error response from daemon: unexpected EOF',
    source: 'moby/moby, distribution/pull_v2.go: a layer that broke off',
  },
  {
    label: 'network-unreachable',
    message:
      'failed to pull and unpack image "a.example/b:1": failed to copy: httpReadSeeker: failed open: unexpected EOF',
    source: 'containerd, core/remotes/docker/httpreadseeker.go',
  },
  {
    label: 'network-unreachable',
    message: 'error pulling image configuration: download failed after attempts=6: unexpected EOF',
    source: 'moby/moby, distribution/xfer/download.go',
  },
  {
    label: 'not-found',
    message:
      'Back-off pulling image "a.example/b:no": ErrImagePull: rpc error: code = NotFound desc = failed to pull and unpack image ' +
      '"a.example/b:no": failed to resolve reference "a.example/b:no": a.example/b:no: not found',
    source: 'kubernetes/kubernetes, pkg/kubelet/images/image_manager.go from 1.32: a back-off that quotes its cause',
  },
  {
    label: 'auth-required',
    message:
      'Back-off pulling image "a.example/b:1": ErrImagePull: Error response from daemon: Head "https://a.example/v2/b/manifests/1": ' +
      'no basic auth credentials',
    source: 'kubernetes/kubernetes, pkg/kubelet/images/image_manager.go from 1.32; moby/moby, registry/auth.go',
  },
  {
    label: 'unsupported-manifest',
    message:
      "Error response from daemon: mediaType in manifest should be 'application/vnd.docker.distribution.manifest.v2+json' not " +
      "'application/vnd.oci.image.manifest.v1+json'",
    source: 'distribution/distribution, manifest/schema2/manifest.go',
  },
  {
    label: 'unsupported-manifest',
    message:
      'Failed to pull image "a.example/b:1": if present, mediaType in manifest should be \'application/vnd.oci.image.manifest.v1+json\' ' +
      "not 'application/vnd.docker.distribution.manifest.v2+json'",
    source: 'distribution/distribution, manifest/ocischema/manifest.go',
  },
  {
    label: 'unsupported-manifest',
    message:
      'Docker Image Format v1 and Docker Image manifest version 2, schema 1 support has been removed. Suggest the author of ' +
      'docker.io/a/b:1 to upgrade the image to the OCI Format or Docker Image manifest v2, schema 2. More information at ' +
      'https://docs.docker.com/go/deprecated-image-specs/',
    source: 'moby/moby, distribution/errors.go, DeprecatedSchema1ImageError',
  },
  {
    label: 'other-registry-rate-limit',
    message:
      'Failed to pull image "registry.gitlab.com/a/b:1": Error response from daemon: error parsing HTTP 429 response body: invalid ' +
      'character \'R\' looking for beginning of value: "Retry later\\n"',
    source: 'GitLab documentation, rate limits: the body of Rack::Attack; distribution, registry/client/errors.go',
  },
  {
    label: 'other-registry-rate-limit',
    message: 'Failed to pull image "public.ecr.aws/a/b:1": toomanyrequests: Data limit exceeded',
    source: 'Amazon ECR Public documentation, troubleshooting',
  },
  {
    label: 'other-registry-rate-limit',
    message: 'Failed to pull image "1.dkr.ecr.us-east-1.amazonaws.com/b:1": toomanyrequests: Rate exceeded',
    source: 'Amazon ECR documentation, "HTTP 429: Too Many Requests or ThrottleException", as docker prints it',
  },
  {
    label: 'cni',
    message:
      `${sandbox}plugin type="calico" failed (add): stat /var/lib/calico/nodename: no such file or directory: ` +
      'check that the calico/node container is running and has mounted /var/lib/calico/',
    source: 'projectcalico/calico, cni-plugin/pkg/plugin/plugin.go',
  },
  {
    label: 'cni',
    message: 'add cmd: failed to assign an IP address to container',
    source: 'aws/amazon-vpc-cni-k8s, cmd/routed-eni-cni-plugin/cni.go, quoted alone',
  },
  {
    label: 'cni',
    message:
      'unable to connect to Cilium daemon: failed to create cilium agent client after 30.000000 seconds timeout: Get ' +
      '"http://localhost/v1/config": dial unix /var/run/cilium/cilium.sock: connect: no such file or directory',
    source: 'cilium/cilium, pkg/client/client.go',
  },
  {
    label: 'cni',
    message:
      `${sandbox}plugin type="flannel" failed (add): failed to delegate add: ` +
      'failed to set bridge addr: "cni0" already has an IP address different from 10.244.1.1/24',
    source: 'containernetworking/plugins, plugins/main/bridge/bridge.go',
  },
  {
    label: 'cni',
    message:
      '[default/web-0:macvlan]: error adding container to network "macvlan": delegateAdd: error invoking DelegateAdd - "macvlan": error ' +
      'in getting result from AddNetwork: error dialing DHCP daemon: dial unix /run/cni/dhcp.sock: connect: connection refused',
    source: 'k8snetworkplumbingwg/multus-cni, pkg/multus/multus.go',
  },
  {
    label: 'cni',
    message:
      'plugin type="multus-shim" name="multus-cni-network" failed (add): CmdAdd (shim): CNI request failed with ' +
      "status 400: 'pod: timed out'",
    source: 'k8snetworkplumbingwg/multus-cni, pkg/server/api/shim.go',
  },
  {
    label: 'cni',
    message: `${sandbox}container veth name provided (eth0) already exists`,
    source: 'containernetworking/plugins, pkg/ip/link_linux.go',
  },
  {
    label: 'cni',
    message:
      'unable to allocate IP address: Post "http://127.0.0.1:6784/ip/0a": dial tcp 127.0.0.1:6784: connect: connection refused',
    source: 'weaveworks/weave, plugin/ipam and api/http.go',
  },
];
