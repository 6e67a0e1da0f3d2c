import type { Wording } from './wordings.ts';

const other = (message: string, source: string): Wording => ({ label: 'other', message, source });

/** What fails in a registry's words, and is nobody's pull: nothing is said of it but the text. */
export const foreignWordings: readonly Wording[] = [
  other(
    'Error creating: Internal error occurred: failed calling webhook "mutate.example.com": failed to call webhook: Post ' +
      '"https://webhook.team.svc:443/mutate?timeout=10s": dial tcp 10.96.0.7:443: connect: connection refused',
    'kubernetes/apiserver, pkg/admission/plugin/webhook/mutating/dispatcher.go',
  ),
  other(
    'failed calling webhook "validate.example.com": failed to call webhook: Post "https://webhook.team.svc:443/validate": tls: failed to ' +
      'verify certificate: x509: certificate signed by unknown authority',
    'kubernetes/apiserver, pkg/admission/plugin/webhook/validating/dispatcher.go',
  ),
  other(
    'admission webhook "images.example.com" denied the request: image "docker.io/a/b:1" is not authorized to be pulled from this registry',
    'kubernetes/apiserver, pkg/admission/plugin/webhook/errors',
  ),
  other("Can't save in background: fork: Cannot allocate memory", 'redis/redis, src/rdb.c'),
  other('[pool www] fork() failed: Cannot allocate memory (12)', 'php/php-src, sapi/fpm/fpm/fpm_children.c'),
  other(
    "fatal: unable to access 'https://git.example/team/web.git/': The requested URL returned error: 403",
    'git/git, http.c and remote-curl.c',
  ),
  other("fatal: repository 'https://git.example/team/web.git/' not found", 'git/git, remote-curl.c'),
  other(
    "fatal: could not read Username for 'https://git.example': terminal prompts disabled",
    'git/git, prompt.c and credential.c',
  ),
  other(
    'rpc error: code = Unknown desc = failed to list refs: authentication required: Repository not found.',
    'argoproj/argo-cd, util/git/client.go',
  ),
  other(
    "failed to checkout and determine revision: unable to clone 'https://git.example/team/web': authentication required",
    'fluxcd/source-controller, internal/controller/gitrepository_controller.go',
  ),
  other(
    'Error: looks like "https://charts.example" is not a valid chart repository or cannot be reached: failed to fetch ' +
      'https://charts.example/index.yaml : 404 Not Found',
    'helm/helm, pkg/repo/chartrepo.go',
  ),
  other(
    'E: Failed to fetch http://deb.example/debian/pool/main/c/curl/curl.deb  404  Not Found [IP: 192.0.2.1 80]',
    'Debian apt, apt-pkg/acquire-item.cc',
  ),
  other(
    "The repository 'http://deb.example/debian stretch Release' does not have a Release file.",
    'Debian apt, apt-pkg/acquire-item.cc',
  ),
  other(
    'Readiness probe failed: Get "https://10.244.0.18:8443/readyz": x509: certificate signed by unknown authority',
    'kubernetes/kubernetes, pkg/probe/http',
  ),
  other('Readiness probe failed: HTTP probe failed with statuscode: 429', 'kubernetes/kubernetes, pkg/probe/http'),
  other(
    'Get "http://10.244.0.5:8080/ready": dial tcp 10.244.0.5:8080: connect: connection refused',
    "golang/go, net/url and net: any program's request",
  ),
  other(
    'Post "https://api.example.com/v1/orders": context deadline exceeded (Client.Timeout exceeded while awaiting headers)',
    "golang/go, net/http/client.go: any program's request",
  ),
  other(
    'Get "https://metrics.example.com/write": dial tcp: lookup metrics.example.com on 10.96.0.10:53: no such host',
    "golang/go, net: any program's look-up",
  ),
  other(
    'Get "https://10.96.0.1:443/api/v1/namespaces/default/pods": x509: certificate signed by unknown authority',
    "kubernetes/client-go: the cluster's own API",
  ),
  other('pulling data from https://api.example.com/items: 403 Forbidden', 'an application that says pull'),
  other('server returned HTTP status 401 Unauthorized', 'prometheus/prometheus, scrape/scrape.go'),
  other('remote error: tls: bad certificate', "golang/go, crypto/tls: any program's server"),
];
