import { expect, test } from 'vitest';
import { launcherFlags } from './contenders.ts';

test('however nodemend is started, Node is given the same', () => {
  expect(launcherFlags('bin/nodemend')).toEqual(['--max-semi-space-size=16']);
  expect(launcherFlags('scripts/package/one-file.sh')).toEqual(launcherFlags('bin/nodemend'));
});
