import type { ActionContext } from '../action.ts';
import { actionKey } from '../node-state/action-key.ts';
import type { Reply } from '../node-state/reply.ts';
import { runNodeScript, type NodeScriptCall } from '../node-state/run-node-script.ts';
import records from '../image-pin/containerd.sh?raw';
import { runtimeFailures } from '../image-pin/runtime-failure.ts';
import shared from './image.sh?raw';
import { incomingName } from './incoming-name.ts';
import type { ImageAction } from './image-action.ts';
import containerd from './runtime/containerd.sh?raw';
import containerdPull from './runtime/containerd-pull.sh?raw';
import docker from './runtime/docker.sh?raw';
import dockerPull from './runtime/docker-pull.sh?raw';

/** The same words for each runtime. */
const runtimes = {
  containerd: { script: `${records}\n${containerd}\n${containerdPull}` },
  docker: { script: `${docker}\n${dockerPull}` },
} as const;

/** An image of some gigabytes is read from end to end. */
const readingMs = 600_000;

/** @throws NodemendError RUNTIME_CLIENT_FAILED and RUNTIME_SILENT in the client's words; what `runNodeScript` throws */
export function runImageScript(
  { runtime }: ImageAction,
  context: ActionContext,
  call: Omit<NodeScriptCall, 'failures'>,
): Promise<Reply> {
  return runNodeScript(context.connection, {
    timeoutMs: readingMs,
    ...call,
    script: `${runtimes[runtime].script}\n${shared}\n${call.script}`,
    failures: runtimeFailures,
  });
}

/** What every script of the kind is called with first. */
export function imageArguments(spec: ImageAction, { run, session }: ActionContext): readonly string[] {
  const { image, digest, configuration = '', was, socket, platform, source } = spec;
  const place = [run, session, actionKey(spec.id, image), socket];
  const comes = source.from === 'node' ? 'no' : 'yes';
  return [...place, image, digest, configuration, was, incomingName(spec, run), comes, platform];
}
