import { anyOf } from './any-of.ts';

/**
 * Docker Hub's own words, which a mirror in front of it passes on: both its page addresses of 2020 and 2025 begin so,
 * and HAP429 is its load balancer.
 */
const hubsWords = anyOf(
  /reached your (?:[a-z]+ )?(?:pull|download) rate limit/,
  /too many failed login attempts for username or ip/,
  /docker\.com\/increase-rate-limits?/,
  /docs\.docker\.com\/docker-hub\/download-rate-limit/,
);

const limited = anyOf(
  /\b429:? too many requests\b/,
  /\btoomanyrequests\b/,
  /\bhttp 429\b/,
  /\bstatus(?: code)?:? 429\b/,
  /rate exceeded/,
  /data limit exceeded/,
  /you have reached your (?:unauthenticated )?pull rate limit/,
  /parsing http 429 response/,
);

/** Hosts that are Docker Hub: where its manifests, tokens and layers come from. */
const hubHost = /^(?:docker\.io|(?:[a-z0-9-]+\.)*docker\.(?:io|com))$/;

/** Words of GitHub's, Amazon's, Google's and Azure's registries, and of a Harbor in front of another. */
const othersWords = anyOf(
  /too many requests to upstream registry/,
  /toomanyrequests: (?:retry-after: |rate exceeded|data limit exceeded|quota exceeded for quota metric)/,
  /(?:toomanyrequests|\b429\b)[^]{0,200}\baka\.ms\/acr\//,
  // GitLab, and whoever else is behind Rack::Attack.
  /parsing http 429 response body: [^]{0,100}"retry later/,
);

/** kubelet's own `registryPullQPS`, which is not a registry's limit. */
const ownLimit = /\bpull qps exceeded\b/;

type Limited = 'dockerhub-rate-limit' | 'other-registry-rate-limit' | 'other';

/** Whose limit a message names: `other` when that cannot be told; undefined when it names none. */
export function limitedBy({ words, hosts }: { readonly words: string; readonly hosts: string }): Limited | undefined {
  if (hubsWords.test(hosts) || /\bhap429\b/.test(words)) return 'dockerhub-rate-limit';
  if (othersWords.test(hosts)) return 'other-registry-rate-limit';
  if (ownLimit.test(words)) return 'other';
  if (!limited.test(words)) return undefined;
  const host = askedHost(hosts) ?? imageHost(hosts);
  if (host === undefined) return 'other';
  return hubHost.test(host) ? 'dockerhub-rate-limit' : 'other-registry-rate-limit';
}

/**
 * Host of the last address before the refusal, or of the first after it: a mirror is asked instead of the image's own
 * registry.
 */
function askedHost(text: string): string | undefined {
  const at = limited.exec(text)?.index ?? text.length;
  return hostsIn(text.slice(0, at)).at(-1) ?? hostsIn(text.slice(at))[0];
}

/** Of addresses; not one at the very end, which may be cut off. containerd 2 logs `host=` beside what was refused. */
function hostsIn(text: string): readonly string[] {
  const hosts = [...text.matchAll(/(?:https?:\/\/|pulling from host |\bhost=)([a-z0-9.-]+)(?=[^a-z0-9.-])/g)];
  return hosts.flatMap(([, host]) => (host === undefined ? [] : [host]));
}

/**
 * Host of the image that the message is about: Docker Hub where a reference has none. What ends the text may be the
 * half of a host.
 */
function imageHost(text: string): string | undefined {
  const written = /(?<![a-z0-9./-])((?:[a-z0-9-]+\.)+[a-z]{2,}|localhost)(?::\d+)?\/[a-z0-9]/.exec(text)?.[1];
  if (written !== undefined) return written;
  const implied = anyOf(
    /(?:(?:image|reference)[ =:] ?(?:"[a-z0-9][a-z0-9._/:@-]*|[a-z0-9][a-z0-9._/-]*[:@/][a-z0-9._/:@-]+)|pull access denied for [a-z0-9][a-z0-9._/:@-]*)(?=[^a-z0-9._/:@-])/,
    /\bdocker\.(?:io|com)\b/,
  );
  return implied.test(text) ? 'docker.io' : undefined;
}
