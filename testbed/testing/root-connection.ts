import type { ExecRequest, ExecResult, NodeConnection } from '../../src/transport/transport.ts';
import { onNode } from '../on-node.ts';
import type { Testbed } from '../testbed-up.ts';

/** A node of the testbed as the actions see it: as root, by SSH, with arguments that are plain words. */
export function rootConnection(testbed: Testbed, node: string): NodeConnection {
  return {
    node,
    kind: 'local',
    user: 'root',
    hostKey: undefined,
    exec: async ({ script, args, input = new Uint8Array() }: ExecRequest): Promise<ExecResult> => {
      const text = Buffer.from(script).toString('base64');
      const bytes = Buffer.from(input).toString('base64');
      const result = await onNode(
        testbed,
        node,
        `script=$(mktemp); printf %s ${text} | base64 -d >"$script"; printf %s ${bytes} | base64 -d | sh "$script" "$@"`,
        args,
      );
      return {
        exitCode: result.exitCode,
        stdout: Buffer.from(result.stdout),
        stderr: Buffer.from(result.stderr),
        truncated: false,
        privilege: 'root',
      };
    },
    close: async () => {},
  };
}
