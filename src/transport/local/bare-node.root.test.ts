import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createLoginNode, enterAs, type LoginNode, type LoginUser } from '../../../test/login-node.ts';
import { uniqueSeconds } from '../testing/execution-fixture.ts';
import { ask, type Place } from '../testing/place.ts';
import { createLocalTransport } from './local-transport.ts';

/** A node needs POSIX sh and little else. */
describe('a node without timeout', () => {
  let node: LoginNode;
  let lacking: Place;
  let withSudo: Place;
  const place = (user: LoginUser): Place => ({
    transport: createLocalTransport({ enter: enterAs(node.root, user) }),
    target: { name: 'node-1', address: 'localhost', identityFiles: [] },
  });
  beforeAll(async () => {
    node = await createLoginNode();
    lacking = place('root');
    withSudo = place('sudo-works');
    node.root.run('rm "$(command -v timeout)"');
  });
  afterAll(() => node.close());

  it('runs scripts', async () => {
    expect(await ask(lacking, { script: 'command -v timeout; cat; exit 5', input: Buffer.from('in') })).toMatchObject({
      exitCode: 5,
      stdout: 'in',
    });
    expect(await ask(withSudo, { script: 'id -u', privilege: 'root' })).toMatchObject({
      exitCode: 0,
      stdout: '0\n',
      privilege: 'sudo',
    });
  });

  it('ends them with all that they started', async () => {
    const seconds = uniqueSeconds();
    const hang = { script: 'trap "" TERM; sleep "$1" & sleep "$1"', args: [seconds], timeoutMs: 700 } as const;
    await expect(ask(lacking, hang)).rejects.toMatchObject({ code: 'COMMAND_TIMED_OUT' });
    expect(node.processesWith(seconds)).toBe(0);
    await expect(ask(withSudo, { ...hang, privilege: 'root' })).rejects.toMatchObject({ code: 'COMMAND_TIMED_OUT' });
    expect(node.processesWith(seconds)).toBe(0);
  });
});
