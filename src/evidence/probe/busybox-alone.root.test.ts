import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { createPrivateRoot, type PrivateRoot } from '../../../test/private-root.ts';
import { problems } from '../../problems/testing/all-problems.ts';
import { parseIdentity } from './identity.ts';
import { frameOf, factsOf, startProbe, textOf } from './testing/run-probe.ts';

/** A root with nothing in it but busybox, its libraries and what the kernel gives: the least that a node can be. */
const install = String.raw`
set -eu
mkdir -p /srv/node/bin /srv/node/proc /srv/node/run /srv/node/tmp /srv/node/dev /srv/node/etc
busybox=$(command -v busybox)
cp "$busybox" /srv/node/bin/busybox
for library in $(ldd "$busybox" 2>/dev/null | grep -o '/[^ ]*'); do
  mkdir -p "/srv/node${'${library%/*}'}"
  cp "$library" "/srv/node$library"
done
chroot /srv/node /bin/busybox --install -s /bin
mount -t proc proc /srv/node/proc
mount --bind /dev /srv/node/dev
echo 0f5bfe4c1c4f4c0d9d0c1c9a3a5b7e01 >/srv/node/etc/machine-id
`;

let root: PrivateRoot;
let enter: readonly string[];
beforeAll(async () => {
  root = await createPrivateRoot();
  root.run(install);
  enter = [...root.enter, 'chroot', '/srv/node'];
});
afterAll(() => root.close());

describe('a node with busybox alone', () => {
  test('is read, and says who it is', async () => {
    const script =
      'section demo/greet 3 100 echo hello\nsection demo/cut 3 10 yes\nsection demo/missing 3 100 logrotate\n';
    const run = await startProbe(enter, ['/bin/sh'], factsOf(script, ['demo/greet', 'demo/cut', 'demo/missing'])).done;

    expect(run.reply).toMatchObject({ started: true, complete: true });
    expect(parseIdentity(textOf(run, 'nodemend/identity'))).toMatchObject({
      uid: 0,
      machineId: '0f5bfe4c1c4f4c0d9d0c1c9a3a5b7e01',
    });
    expect(textOf(run, 'demo/greet')).toBe('hello\n');
    expect(frameOf(run, 'demo/cut')).toMatchObject({ status: 'truncated', output: Buffer.from('y\ny\ny\ny\ny\n') });
    expect(frameOf(run, 'demo/missing').exitCode).toBe(127);
  });

  test('has its limits', async () => {
    const run = await startProbe(
      enter,
      ['/bin/sh'],
      factsOf('section demo/hang 1 100 sleep 63.63\nsection demo/next 3 100 echo next\n', []),
    ).done;

    expect(frameOf(run, 'demo/hang').status).toBe('timed-out');
    expect(textOf(run, 'demo/next')).toBe('next\n');
    expect(root.run('ls /srv/node/run /srv/node/tmp | grep nodemend || :; pgrep -fx "sleep 63.63" || :')).toBe('');
  });

  test('answers every problem in full: what its tools cannot do is unknown, nothing is lost', async () => {
    const facts = problems.flatMap(({ facts, planFacts = [] }) => [...facts, ...planFacts]);
    const run = await startProbe(enter, ['/bin/sh'], facts).done;

    expect(run.reply.complete).toBe(true);
    for (const { key } of facts) expect(run.reply.sections.has(key), key).toBe(true);
  });
});
