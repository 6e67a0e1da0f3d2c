import type { ActionContext } from '../action.ts';
import type { Reply } from '../node-state/reply.ts';
import { runNodeScript, type NodeScriptCall } from '../node-state/run-node-script.ts';
import records from '../image-pin/containerd.sh?raw';
import containerd from './containerd.sh?raw';
import type { ImageAction } from './image-action.ts';

/** @throws NodemendError RUNTIME_CLIENT_FAILED in the client's words; what `runNodeScript` throws */
export function runImageScript(
  _spec: ImageAction,
  context: ActionContext,
  call: Omit<NodeScriptCall, 'failures'>,
): Promise<Reply> {
  const failures = { 'runtime-client': 'RUNTIME_CLIENT_FAILED' } as const;
  return runNodeScript(context.connection, { ...call, script: `${records}\n${containerd}\n${call.script}`, failures });
}
