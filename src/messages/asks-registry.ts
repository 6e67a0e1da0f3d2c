import { anyOf } from './any-of.ts';

const registryAsked = anyOf(
  /\b(?:errimagepull|imagepullbackoff)\b/,
  /\b(?:pull|pulls|pulled|pulling) (?:and unpack |the |docker |system |requested )*(?:image|from host|access|rate limit|layer|manifest|x\b|x\/|x\.example)/,
  /\b(?:docker|crictl|podman|nerdctl|ctr|image) pull\b/,
  /\bregistry\b/,
  /\/v2\//,
  /\bmanifests?\b/,
  /\bimage\b/,
  /failed to (?:resolve reference|authorize)/,
  /response from daemon/,
  /docker:\/\//,
  /parsing http \d+ response/,
  /\becr\b/,
  /\bartifactregistry\./,
  /basic auth/,
  /bearer token/,
  /auth token/,
  /unauthorized: /,
  /\bdenied: /,
  /http\.status(?:notfound|unauthorized|forbidden)/,
  /encountered unknown type/,
  /(?:writing|reading) blob\b/,
  /name (?:unknown|invalid)/,
  /^ctr: /,
);

/** Hosts that nobody asks for anything but images: all that a resolver or a dialer names of a pull. */
const registryHost =
  /(?<![a-z0-9.-])(?:(?:[a-z0-9-]+\.)*docker\.(?:io|com)|quay\.io|ghcr\.io|(?:[a-z0-9-]+\.)*(?:k8s|gcr|azurecr|pkg)\.(?:io|dev)|(?:[a-z0-9-]+\.)*dkr\.ecr\.[a-z0-9.-]+|public\.ecr\.aws|mcr\.microsoft\.com|nvcr\.io|[a-z0-9-]*registry[a-z0-9-]*\.[a-z0-9.-]+)/;

/**
 * Whether a message is about something that a registry was asked. Any other client of HTTP fails in the same words: an
 * application's, a prober's, the cluster's own.
 */
export function asksRegistry({ words, hosts }: { readonly words: string; readonly hosts: string }): boolean {
  return registryAsked.test(words) || registryHost.test(hosts);
}
