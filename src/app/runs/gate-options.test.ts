import { describe, expect, test } from 'vitest';
import { defaultGateOptions } from '../../engine/rollout/gates/gate-options.ts';
import { gateOptions, type GateRequest } from './gate-options.ts';

type Configured = Parameters<typeof gateOptions>[1];

function optionsOf(request: GateRequest, configured: Configured = {}): ReturnType<typeof gateOptions> {
  return gateOptions(request, configured, '/work');
}

const usual = {
  alertFilterRegexp: undefined,
  alertFilterMatchOnly: false,
  alertFiringOnly: false,
  caFile: undefined,
  tokenFile: undefined,
  passwordFile: undefined,
};

test('what is not said the configuration says, and what it does not say nobody asks', () => {
  expect(optionsOf({})).toEqual(defaultGateOptions);
  const configured = { window: '22:00-04:00 UTC', blockingPodSelectors: ['a'], waitForBlockersSeconds: 60 };
  expect(optionsOf({}, configured)).toMatchObject({
    window: '22:00-04:00 UTC',
    blockingPodSelectors: ['a'],
    waitSeconds: 60,
  });
  expect(optionsOf({ window: false, waitSeconds: 0, blockingPodSelectors: ['b'] }, configured)).toMatchObject({
    window: undefined,
    blockingPodSelectors: ['b'],
    waitSeconds: 0,
  });
});

test('a file that was typed is one of the working folder; what proves who we are goes to no other server', () => {
  const configured = { prometheus: { url: 'https://one', tokenFile: '/etc/token', alertFiringOnly: true } };
  expect(optionsOf({ prometheus: { caFile: 'ca.pem' } }, configured).prometheus).toEqual({
    ...usual,
    url: 'https://one',
    tokenFile: '/etc/token',
    alertFiringOnly: true,
    caFile: '/work/ca.pem',
  });
  expect(optionsOf({ prometheus: { url: 'https://two' } }, configured).prometheus).toEqual({
    ...usual,
    url: 'https://two',
    alertFiringOnly: true,
  });
});

describe('refused', () => {
  test.each<readonly [GateRequest, string]>([
    [{ window: 'tonight' }, 'window'],
    [{ window: '22:00-04:00' }, 'window'],
    [{ window: '22:00-04:00 Asia/Nowhere' }, 'window'],
    [{ prometheus: { url: 'prometheus:9090' } }, 'url'],
    [{ prometheus: { url: 'https://kim:secret@p' } }, 'password'],
    [{ prometheus: { url: 'https://kim@p' } }, 'user'],
    [{ prometheus: { url: 'https://p', passwordFile: 'f' } }, 'user'],
    [{ prometheus: { url: 'http://p', tokenFile: 'f' } }, 'plain'],
    [{ prometheus: { url: 'https://p', alertFilterRegexp: '(' } }, 'filter'],
  ])('%j', (request, context) => {
    const fault = {
      code: 'ROLLOUT_GATE_INVALID',
      exitCode: 2,
      params: expect.objectContaining({ context }) as unknown,
    };
    expect(() => optionsOf(request)).toThrow(expect.objectContaining(fault));
    expect(() => optionsOf(request)).toThrow(
      expect.not.objectContaining({ message: expect.stringContaining('secret') }),
    );
  });

  test('but credentials may go unencrypted within this machine', () =>
    expect(optionsOf({ prometheus: { url: 'http://127.0.0.1:9090', tokenFile: '/t' } }).prometheus).toMatchObject({
      tokenFile: '/t',
    }));
});
