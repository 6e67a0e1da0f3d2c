import { describe, expect, test } from 'vitest';
import { defaultRunOptions, type RunOptions } from '../../engine/run.ts';
import { createLocalTransport } from '../../transport/local/local-transport.ts';
import type { Configuration } from '../../app/configuration/schema.ts';
import { createTexts } from '../../app/texts/texts.ts';
import { buildProgram } from '../program.ts';
import { dependenciesOf, rolloutWords, type RolloutOptions } from './rollout.ts';
import type { CommandSession } from './open-session.ts';
import { contextIn, recordedOutput } from '../testing/run-in-process.ts';

const context = contextIn({ environment: { XDG_STATE_HOME: '/nonexistent/state' } }, recordedOutput().output);

function dependencies(
  options: RolloutOptions,
  configuration: Configuration = {},
  transport = createLocalTransport({ enter: [] }),
): ReturnType<typeof dependenciesOf> {
  const session = { texts: context.texts, configuration } as unknown as CommandSession;
  return dependenciesOf({
    context: { ...context, problems: [] },
    session,
    opened: { api: undefined, transport },
    targets: [],
    options,
    command: 'apply',
  });
}

function optionsOf(options: RolloutOptions, configuration?: Configuration): RunOptions {
  return dependencies(options, configuration).options;
}

describe('batches', () => {
  test.each<readonly [string, RolloutOptions, Configuration, RunOptions['batches']]>([
    ['nobody says anything', {}, {}, [{ nodes: 1 }, { percent: 10 }, { percent: 100 }]],
    ['the configuration', {}, { rollout: { batches: [2, '50%'] } }, [{ nodes: 2 }, { percent: 50 }]],
    ['the flag wins', { batches: '3,100%' }, { rollout: { batches: [2] } }, [{ nodes: 3 }, { percent: 100 }]],
    ['a canary goes before the usual rest', { canary: '4' }, {}, [{ nodes: 4 }, { percent: 10 }, { percent: 100 }]],
    ['a canary goes before named batches', { canary: '1', batches: '25%' }, {}, [{ nodes: 1 }, { percent: 25 }]],
    ["the configuration's canary", {}, { rollout: { canary: 2, batches: [10] } }, [{ nodes: 2 }, { nodes: 10 }]],
    ['no canary', { canary: '0' }, {}, [{ percent: 10 }, { percent: 100 }]],
  ])('%s', (_name, options, configuration, batches) => {
    expect(optionsOf(options, configuration).batches).toEqual(batches);
  });

  test.each(['0', '101%', '1,,2', 'all', '-1'])('%s is not a size', (batches) => {
    expect(() => optionsOf({ batches })).toThrow(expect.objectContaining({ code: 'BATCH_SIZE_INVALID', exitCode: 2 }));
  });

  test('a canary is a number', () => {
    expect(() => optionsOf({ canary: '10%' })).toThrow(
      expect.objectContaining({ code: 'USAGE', params: expect.objectContaining({ typed: '--canary' }) as unknown }),
    );
  });
});

test('how many may be out of order: flag, configuration, nothing', () => {
  expect(optionsOf({ maxUnavailable: '5%' }, { rollout: { maxUnavailable: 3 } }).maxUnavailable).toEqual({
    percent: 5,
  });
  expect(optionsOf({}, { rollout: { maxUnavailable: 3 } }).maxUnavailable).toEqual({ nodes: 3 });
  expect(optionsOf({}).maxUnavailable).toBeUndefined();
});

test('failures and soak', () => {
  expect(optionsOf({})).toMatchObject({ maxFailures: 0, soakSeconds: defaultRunOptions.soakSeconds });
  expect(optionsOf({ maxFailures: '2', soak: '0' }, { rollout: { soakSeconds: 60 } })).toMatchObject({
    maxFailures: 2,
    soakSeconds: 0,
  });
  expect(optionsOf({}, { rollout: { soakSeconds: 60 } }).soakSeconds).toBe(60);
  expect(() => optionsOf({ soak: 'long' })).toThrow(expect.objectContaining({ code: 'USAGE' }));
});

test('a disruption is allowed by name only', () => {
  expect(optionsOf({ yes: true }).allow).toEqual([]);
  expect(optionsOf({ allow: ['reboot,restart'] }).allow).toEqual(['reboot', 'restart']);
  expect(optionsOf({ allow: ['restart', 'reboot'] }).allow).toEqual(['restart', 'reboot']);
  expect(() => optionsOf({ allow: ['everything'] })).toThrow(
    expect.objectContaining({
      code: 'USAGE',
      params: {
        context: 'choice',
        typed: '--allow',
        value: 'everything',
        choices: 'reboot, restart, discard, deny',
        command: 'apply',
      },
    }),
  );
});

describe('what has to hold before nodes are begun', () => {
  test('flags over the configuration', () => {
    const typed = { window: '22:00-04:00 UTC', blockingPodSelector: ['job'], waitForBlockers: '30m' };
    expect(optionsOf(typed).gates).toMatchObject({
      window: '22:00-04:00 UTC',
      blockingPodSelectors: ['job'],
      waitSeconds: 1800,
    });
    const rollout = { window: '22:00-04:00 UTC', prometheus: { url: 'https://p' } };
    expect(optionsOf({ window: false, alertFiringOnly: true }, { rollout }).gates).toMatchObject({
      window: undefined,
      prometheus: { url: 'https://p', alertFiringOnly: true },
    });
    expect(optionsOf({ allow: ['reboot'], allowMixedVersions: ['blue,red', 'none'] }).gates.mixedVersions).toEqual([
      'blue',
      'red',
      'none',
    ]);
  });

  test.each<readonly [RolloutOptions, string, string]>([
    [{ alertFiringOnly: true }, '--alert-firing-only', '--prometheus-url'],
    [{ waitForBlockers: '1h' }, '--wait-for-blockers', '--blocking-pod-selector'],
    [{ allowMixedVersions: ['blue'] }, '--allow-mixed-versions', '--allow reboot'],
    [{ window: false }, '--no-window', 'rollout.window'],
  ])('%j has no effect alone', (options, typed, other) =>
    expect(() => optionsOf(options)).toThrow(
      expect.objectContaining({ params: { context: 'needs', command: 'apply', typed, other } }),
    ),
  );
});

describe('how nodes are drained', () => {
  const reboots = { allow: ['reboot'] };

  test('by the flags of kubectl drain, else the configuration, else nothing is lost', () => {
    expect(optionsOf(reboots).drain).toEqual(defaultRunOptions.drain);
    expect(optionsOf(reboots, { rollout: { drain: { timeoutSeconds: 60, gracePeriodSeconds: 5 } } }).drain).toEqual({
      ...defaultRunOptions.drain,
      timeoutSeconds: 60,
      gracePeriodSeconds: 5,
    });
    const typed = { force: true, deleteEmptydirData: true, ignoreDaemonsets: false, gracePeriod: '-1' } as const;
    expect(
      optionsOf(
        { ...reboots, ...typed, drainTimeout: '1h30m' },
        { rollout: { drain: { timeoutSeconds: 60, gracePeriodSeconds: 5 } } },
      ).drain,
    ).toEqual({
      force: true,
      deleteEmptyDirData: true,
      ignoreDaemonSets: false,
      gracePeriodSeconds: undefined,
      acceptUncertain: [],
      timeoutSeconds: 5400,
    });
  });

  test.each<readonly [RolloutOptions, string]>([
    [{ ...reboots, drainTimeout: '0' }, 'neverEnds'],
    [{ ...reboots, drainTimeout: '15x' }, 'duration'],
    [{ ...reboots, drainTimeout: '' }, 'duration'],
    [{ ...reboots, drainTimeout: '200h' }, 'duration'],
    [{ ...reboots, gracePeriod: '5m' }, 'gracePeriod'],
    [{ ...reboots, gracePeriod: '-2' }, 'gracePeriod'],
    [{ ...reboots, disableEviction: true }, 'goesRoundBudgets'],
    [{ force: true, allow: ['restart'] }, 'needs'],
  ])('%j is told', (options, context) =>
    expect(() => optionsOf(options)).toThrow(
      expect.objectContaining({ code: 'USAGE', exitCode: 2, params: expect.objectContaining({ context }) as unknown }),
    ),
  );
});

test('nodes that were named are told to the engine, and who it is', () => {
  expect(optionsOf({ nodes: 'cp-[1-2]' }).named).toEqual(['cp-1', 'cp-2']);
  expect(optionsOf({}).owner).toMatch(/^\S+@\S+$/);
});

test('the lease goes where the configuration says', () => {
  expect(dependencies({}, { leaseNamespace: 'ops' }).lease).toEqual({ namespace: 'ops', name: 'nodemend-run' });
  expect(dependencies({}).lease).toBeUndefined();
});

test('what is typed again to approve it is rolled out as it was shown', async () => {
  const typed =
    '--canary 2 --batches 1,10% --batches-within zone --max-unavailable 1 --max-failures 3 --soak 60 --allow restart,reboot ' +
    '--no-ignore-daemonsets --delete-emptydir-data --force --grace-period -1 --drain-timeout 20m ' +
    '--accept-uncertain shop/db-* --no-window ' +
    '--blocking-pod-selector job --blocking-pod-selector app=db --prometheus-url https://p --prometheus-ca ca.pem ' +
    '--prometheus-token-file t --prometheus-password-file f --alert-filter-regexp ^W --wait-for-blockers 30m ' +
    '--alert-filter-match-only --alert-firing-only --allow-mixed-versions blue';
  const program = await buildProgram(createTexts('en', []), () => Promise.resolve());
  const apply = program.commands.find((command) => command.name() === 'apply');

  await program.parseAsync(['apply', 'container-logs', ...typed.split(' '), '--show-hidden'], { from: 'user' });

  expect(rolloutWords(apply?.opts<RolloutOptions>() ?? {}).join(' ')).toBe(`${typed} --show-hidden`);
  expect(rolloutWords({})).toEqual([]);
});
