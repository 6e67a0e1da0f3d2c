import { anyOf } from './any-of.ts';
/**
 * Words of the runtimes that name the sandbox (pause) image as what is missing. Sources:
 * rootless-containers/usernetes#240, replicatedhq/kURL#1191.
 */
const named = anyOf(
  /failed to get sandbox image/,
  /unable to pull sandbox image/,
  /failed to ensure (?:the )?sandbox image/,
  /failed pulling image "[^"]*(?:pause|sandbox|infra)[^"]*"/,
  /pod infra container: errimagepull/,
);

/**
 * The image itself, of a registry that a runtime takes it from: nothing but a sandbox is made of `pause`, so whoever
 * cannot pull it has that trouble, be it kubelet, kubeadm or a person (NKS troubleshooting guide, closed networks).
 * Kubelet calls the sandbox of its own Docker days the container `POD`.
 */
const itself = anyOf(
  /(?:failed to pull|failed pulling|error pulling|back-off pulling|failed to pull and unpack) image:? "?[^\s"/]{1,100}[.:][^\s"]{1,200}\/pause(?:-[a-z0-9]{1,10})?[:@"]/,
  /"startcontainer" for "pod" with (?:errimagepull|imagepullbackoff)/,
);

/**
 * In sentences, and as CRI's calls are named in logs (`RunPodSandbox`). A sandbox that could not be made, and an image
 * that could not be pulled: a sandbox needs no other image than its own.
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

export function lacksSandboxImage(text: string): boolean {
  return named.test(text) || itself.test(text) || (making.test(text) && pulling.test(text));
}
