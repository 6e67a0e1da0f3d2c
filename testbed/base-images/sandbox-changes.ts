import { expect, test } from 'vitest';
import { bundleOf, pause, viewOf, type AskedNodes } from './asked-nodes.ts';

/** Configuration that is newer than the daemon that runs with it. */
export function sandboxChangesSuite(given: () => AskedNodes): void {
  test.each([
    // No sandbox of 1.6 says what it was made from; at its start containerd did.
    ['containerd-1', 'start-log'],
    ['containerd2-1', 'running-sandboxes'],
  ] as const)(
    'what %s makes sandboxes from is known whatever was done to its configuration since, by %s',
    async (node, by) => {
      const file = '/etc/containerd/config.toml';
      const sandboxAfter = async (change: string): Promise<unknown> => {
        await given().testbed.root(node, change);
        return viewOf(await bundleOf(given(), 'sandbox'), node).sandbox;
      };
      const known = { state: 'known', name: pause, from: file };
      const other = pause.replace('3.6', '3.5');

      expect(await sandboxAfter(`cp -p ${file} /root/config.toml; chmod 0640 ${file}`)).toEqual(known);
      expect(await sandboxAfter(`sed -i 's|${pause}|${other}|' ${file}`)).toEqual({
        state: 'unknown',
        why: 'pending',
        reason: 'inconclusive',
        candidates: [
          { name: pause, from: by, isInUse: true },
          { name: other, from: file, isInUse: false },
        ],
      });
      if (by === 'running-sandboxes') {
        // Nothing of it is left, and the daemon runs with it as before. Without it the next start takes another image.
        expect(await sandboxAfter(`rm ${file}`)).toEqual({
          state: 'unknown',
          why: 'pending',
          reason: 'inconclusive',
          gone: file,
          candidates: [
            { name: pause, from: by, isInUse: true },
            {
              name: expect.stringMatching(/^registry\.k8s\.io\/pause:3\.10/u) as unknown,
              from: 'default',
              isInUse: false,
            },
          ],
        });
      }
      expect(await sandboxAfter(`cp -p /root/config.toml ${file}`)).toEqual(known);
      if (by === 'running-sandboxes') return;
      // Nothing is left that tells.
      expect(await sandboxAfter('journalctl --rotate --quiet; journalctl --vacuum-size=1 --quiet')).toEqual({
        state: 'unknown',
        why: 'pending',
        reason: 'inconclusive',
      });
      // As the finding says.
      expect(await sandboxAfter('systemctl restart containerd')).toEqual(known);
    },
  );
}
