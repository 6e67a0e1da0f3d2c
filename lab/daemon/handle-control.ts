import type { ControlRequest, ControlResult, NodeRun } from './control.ts';
import type { Fleet } from './fleet.ts';
import { inParallel } from './in-parallel.ts';

const scriptsAtOnce = 16;

export async function handleControl(fleet: Fleet, request: ControlRequest): Promise<ControlResult> {
  if (request.kind === 'status') return { kind: 'status', running: Object.fromEntries(fleet.states()) };
  if (request.kind === 'renew') {
    await fleet.renew(request.nodes);
    return { kind: 'renew' };
  }
  const byNode = new Map<string, NodeRun>();
  await inParallel(request.nodes, scriptsAtOnce, async (node) => {
    const result = await fleet.run(node, request.script, request.args, request.timeoutMs);
    byNode.set(node, { node, exitCode: result?.exitCode, output: result?.output ?? '' });
  });
  return {
    kind: 'run',
    results: [...byNode.values()].sort((a, b) => a.node.localeCompare(b.node, 'en', { numeric: true })),
  };
}
