import { afterAll, beforeAll, expect, test } from 'vitest';
import { createPrivateRoot, type PrivateRoot } from '../../test/private-root.ts';
import { shells, startProbe, textOf } from '../evidence/probe/testing/run-probe.ts';
import { rebootRequired, type RebootRequired } from './reboot-required.ts';

let root: PrivateRoot;

beforeAll(async () => {
  root = await createPrivateRoot();
  // What may come of the machine's own packages.
  root.run('rm -f /run/reboot-required* /etc/kernel/postinst.d/u* && mkdir -p /etc/kernel/postinst.d');
});
afterAll(() => root.close());

async function read(shell: readonly string[]): Promise<RebootRequired> {
  const run = await startProbe(root.enter, shell, [rebootRequired]).done;
  const value = rebootRequired.parse({ text: textOf(run, rebootRequired.key), truncated: false });
  if (value === undefined) throw new Error(textOf(run, rebootRequired.key));
  return value;
}

/** As unattended-upgrades 2.9.1 leaves it: an empty file, and a name a line beside it. */
const required = 'touch /var/run/reboot-required && echo linux-image-6.1.0-37-amd64 >/var/run/reboot-required.pkgs';
/** A stand-in for a program that this machine does not have; its words are those of dnf-plugins-core. */
const standIn = `cat >/usr/bin/needs-restarting <<'PROGRAM' && chmod 755 /usr/bin/needs-restarting
#!/bin/sh
echo 'No core libraries or services have been updated since boot-up.'
echo 'Reboot should not be necessary.'
PROGRAM`;

test.each(shells.map((shell) => ({ shell })))('under $shell', async ({ shell }) => {
  root.run('mkdir -p /var/lib/dpkg && touch /var/lib/dpkg/status');
  expect(await read(shell)).toMatchObject({ required: 'unknown', why: 'no-hook' });

  root.run('printf "#!/bin/sh\\n" >/etc/kernel/postinst.d/unattended-upgrades && chmod 755 /etc/kernel/postinst.d/u*');
  expect(await read(shell)).toEqual({ required: 'no', by: 'file' });

  root.run(required);
  expect(await read(shell)).toEqual({ required: 'yes', by: 'file', packages: ['linux-image-6.1.0-37-amd64'] });

  root.run('touch -d 2001-02-03 /var/run/reboot-required');
  expect(await read(shell)).toMatchObject({ required: 'unknown', why: 'before-boot' });

  root.run('rm -f /var/run/reboot-required* /etc/kernel/postinst.d/u* && mv /var/lib/dpkg/status /var/lib/dpkg/away');
  root.run(`mkdir -p /var/lib/rpm && ${standIn}`);
  expect(await read(shell)).toEqual({ required: 'no', by: 'needs-restarting' });

  root.run('rm -f /usr/bin/needs-restarting && rmdir /var/lib/rpm');
  expect(await read(shell)).toMatchObject({ required: 'unknown', why: 'no-manager' });
  root.run('mv /var/lib/dpkg/away /var/lib/dpkg/status');
});
