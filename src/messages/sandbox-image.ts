import { anyOf } from './any-of.ts';
/**
 * Words of the runtimes that say that it is the sandbox's (pause) image that is missing. Sources:
 * rootless-containers/usernetes#240, replicatedhq/kURL#1191.
 */
const named = anyOf(
  /failed to get sandbox image/,
  /unable to pull sandbox image/,
  /failed to ensure (?:the )?sandbox image/,
  /pod infra container: errimagepull/,
);

/**
 * In sentences, and as CRI's calls are named in logs (`RunPodSandbox`). A sandbox that could not be made, and an image
 * that could not be pulled: a sandbox needs no other image than its own. By its name alone no image is one: a workload
 * may be called `pause`, too.
 */
const making = /(?:create|start|run|creating|starting|running) ?(?:a )?(?:pod)? ?sandbox/;
const pulling = anyOf(
  /failed to pull image/,
  /failed pulling image/,
  /error pulling image/,
  /pull access denied/,
  /initializing source docker:/,
  /failed to pull and unpack image/,
  /image not known/,
  /no such image/,
  /failed to resolve reference/,
  /failed to get image from/,
);

/**
 * The heading of the NKS troubleshooting guide, as people type it. Whole: what kubelet says of a container's image has a
 * cause behind it.
 */
const heading = /^failed to pull image "?(?:k8s\.gcr\.io|registry\.k8s\.io)\/pause:[\w.]+"?$/;

export function lacksSandboxImage({ text, words }: { readonly text: string; readonly words: string }): boolean {
  return named.test(words) || (making.test(words) && pulling.test(words)) || heading.test(text);
}
