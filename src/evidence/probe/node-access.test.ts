import { describe, expect, test } from 'vitest';
import { NodemendError } from '../../errors/nodemend-error.ts';
import type { ExecResult, NodeConnection } from '../../transport/transport.ts';
import type { SectionFrame } from './frames.ts';
import { seeAccess } from './node-access.ts';
import type { ProbeAnswer } from './probe-node.ts';

const connection: NodeConnection = {
  node: 'worker-1',
  kind: 'ssh',
  user: 'rocky',
  hostKey: 'SHA256:abc',
  exec: () => Promise.reject(new Error('not part of this test')),
  close: () => Promise.resolve(),
};
const result: ExecResult = {
  exitCode: 0,
  stdout: Buffer.alloc(0),
  stderr: Buffer.alloc(0),
  truncated: false,
  privilege: 'sudo',
};

function identity(clockMs: number, change = ''): SectionFrame {
  const text = `uid=0\nhostname=n\nmachine-id=m\nboot-id=b\nuptime=100.00\nclock=${clockMs}000000\n${change}`;
  return {
    name: 'nodemend/identity',
    exitCode: 0,
    status: 'ended',
    output: Buffer.from(text),
    errors: Buffer.alloc(0),
  };
}

function answer(frame: SectionFrame | undefined, change: Partial<ProbeAnswer> = {}): ProbeAnswer {
  const sections = new Map(frame ? [[frame.name, frame]] : []);
  const reply = { started: true, complete: true, endUptime: 100, sections };
  return {
    connection,
    reply,
    result,
    failure: undefined,
    sentAt: 1_000_000_000_000,
    answeredAt: 1_000_000_000_100,
    ...change,
  };
}

describe('seeAccess', () => {
  test('says how we got there and who the node is', () => {
    expect(seeAccess(answer(identity(1_000_000_000_050)), 321)).toEqual({
      state: 'seen',
      value: {
        transport: 'ssh',
        user: 'rocky',
        privilege: 'sudo',
        hostKey: 'SHA256:abc',
        hostname: 'n',
        machineId: 'm',
        bootId: 'b',
        clockSkewMs: 0,
        tookMs: 321,
      },
    });
  });

  test.each([
    ['the way there and back as long', 50, 0, 100, 0],
    ['a node that is ahead', 5_050, 0, 100, 5_000],
    ['a node that is behind', -60_000 + 50, 0, 100, -60_000],
    // Sent at 0, read at 50 by the same clock, 3 s of work, received at 3,100.
    ['work on the node is not a distance', 50, 3, 3_100, 0],
  ])('clock skew: %s', (_, readAt, workedSeconds, answeredAfter, skew) => {
    const frame = identity(1_000_000_000_000 + readAt);
    const { reply } = answer(frame);
    const seen = seeAccess(
      answer(frame, {
        answeredAt: 1_000_000_000_000 + answeredAfter,
        reply: { ...reply, endUptime: 100 + workedSeconds },
      }),
      0,
    );

    expect(seen).toMatchObject({ value: { clockSkewMs: skew } });
  });

  test('passes on why sudo did not help', () => {
    const refused: ExecResult = { ...result, privilege: 'unprivileged', sudo: 'password-needed' };

    expect(seeAccess(answer(identity(0), { result: refused }), 0)).toMatchObject({
      value: { privilege: 'unprivileged', sudo: 'password-needed' },
    });
  });

  test.each([
    ['uid=0', 'rocky', 'sudo'],
    ['uid=0', 'root', 'root'],
    ['uid=1000', 'rocky', 'unprivileged'],
  ])('knows by %s of %s how a script ran that was cut off: %s', (uid, user, privilege) => {
    const cut = {
      result: undefined,
      failure: new NodemendError('SSH_CONNECTION_LOST', { node: 'worker-1', detail: 'reset' }),
      connection: { ...connection, user },
    };

    expect(seeAccess(answer(identity(0, `${uid}\n`), cut), 0)).toMatchObject({ state: 'seen', value: { privilege } });
  });

  test('is unknown without an identity, for the reason that the answer is incomplete', () => {
    const failure = new NodemendError('COMMAND_TIMED_OUT', { node: 'worker-1', seconds: 25 });

    expect(seeAccess(answer(undefined, { failure }), 0)).toMatchObject({ state: 'unknown', reason: 'timed-out' });
    expect(seeAccess(answer(undefined), 0)).toMatchObject({
      state: 'unknown',
      reason: 'malformed',
      error: { code: 'NODE_IDENTITY_UNKNOWN' },
    });
    expect(seeAccess(answer({ ...identity(0), output: Buffer.from('nonsense') }), 0)).toMatchObject({
      state: 'unknown',
      error: { code: 'NODE_IDENTITY_UNKNOWN' },
    });
  });
});
