import { onNode } from '../../testbed/on-node.ts';
import type { Testbed } from '../../testbed/testbed-up.ts';

/**
 * Everything that nodemend may leave on a node, one thing a line: each file of logrotate's folder with its mode, owner
 * and hash; the run that holds the lock; how far each action got; and whatever is half-written. The same text means the
 * same state.
 */
export async function tracesOn(testbed: Testbed, node: string): Promise<string> {
  const { exitCode, stdout, stderr } = await onNode(testbed, node, script);
  if (exitCode !== 0) throw new Error(`${node}: exit code ${exitCode}: ${stderr}${stdout}`);
  return stdout;
}

const script = `
find /etc/logrotate.d /etc/logrotate.conf -type f -exec stat -c 'rule %n %a %u:%g' {} + | sort
find /etc/logrotate.d /etc/logrotate.conf -type f -exec sha256sum {} + | sort
find /etc -xdev -name '*~' | sed 's/^/staged /'
cd /var/lib/nodemend 2>/dev/null || exit 0
[ ! -e lock ] || echo "lock of $(head -n 1 lock)"
find . -name 'lock.*' -o -name incoming -o -name '*.new' | sed 's/^/half-written /'
find runs -name 'phase-*' | sed -E 's,^runs/([^/]+)/.*phase-(.*)$,run \\1 \\2,' | sort
`;
