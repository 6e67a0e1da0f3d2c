import { createPrivateRoot, type PrivateRoot } from '../../../../test/private-root.ts';

/** A private root with the machine's logrotate, or with the release that the environment names. */
export async function fixtureRoot(): Promise<PrivateRoot> {
  const root = await createPrivateRoot();
  const program = process.env['NODEMEND_TEST_LOGROTATE'];
  if (program !== undefined) root.run('cp --remove-destination "$1" /usr/sbin/logrotate', program);
  return root;
}
