import type { NodeConnection } from '../../transport/transport.ts';
import type { Reply } from '../node-state/reply.ts';
import { runNodeScript, type NodeScriptCall } from '../node-state/run-node-script.ts';
import unit from './unit.sh?raw';

/** @throws NodemendError RESTART_COMMAND_FAILED in systemctl's words; what `runNodeScript` throws */
export function runUnitScript(connection: NodeConnection, call: Omit<NodeScriptCall, 'failures'>): Promise<Reply> {
  const failures = { systemctl: 'RESTART_COMMAND_FAILED' } as const;
  return runNodeScript(connection, { ...call, script: `${unit}\n${call.script}`, failures });
}
