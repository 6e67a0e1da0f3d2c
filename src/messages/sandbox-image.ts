/** Words of the runtimes that name the sandbox (pause) image as what is missing. Sources: rootless-containers/usernetes#240, replicatedhq/kURL#1191. */
const named = /failed to get sandbox image|unable to pull sandbox image|failed to ensure (?:the )?sandbox image|failed pulling image "[^"]*(?:pause|sandbox|infra)[^"]*"|pod infra container: errimagepull/;

/** In sentences, and as CRI's calls are named in logs (`RunPodSandbox`). A sandbox that could not be made, and an image that could not be pulled: a sandbox needs no other image than its own. */
const making = /(?:create|start|run|creating|starting|running) ?(?:a )?(?:pod)? ?sandbox/;
const pulling = /failed to pull image|failed pulling image|error pulling image|pull access denied|initializing source docker:|failed to pull and unpack image|image not known|no such image|failed to resolve reference|failed to get image from/;

export function lacksSandboxImage(text: string): boolean {
  return named.test(text) || (making.test(text) && pulling.test(text));
}
