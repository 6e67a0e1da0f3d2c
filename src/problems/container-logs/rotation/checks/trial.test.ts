import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { readConfiguration } from '../../../../logrotate/read-configuration.ts';
import { releaseOf } from '../../../../logrotate/release.ts';
import { arbitraryConfiguration } from '../../../../logrotate/testing/arbitrary-configuration.ts';
import { memoryTree } from '../../../../logrotate/testing/memory-tree.ts';
import { memoryFolder, scratchTree } from '../../../../logrotate/testing/scratch-layout.ts';
import { isTrial, isTrialTimes, trialArguments, trialOf } from './trial.ts';

const release = releaseOf('3.21.0')!;
const read = (content: string): ReturnType<typeof readConfiguration> =>
  readConfiguration('/main', memoryTree({ '/main': { content }, '/l/a.log': {} }), release);

test('of a rule only what says when and how to rotate; what goes by size is due at once', () => {
  const { blocks, dropped } = read(`/l/a.log {
    daily
    size = 100M
    compresscmd /usr/bin/evil
    compress
    olddir /etc
    su root root
    mail root
    firstaction
        touch /tmp/owned
    endscript
    postrotate
        daily
        kill 1
    endscript
    dateformat -%Y%m%d-%s
    copytruncate
}
`);
  // Old releases want olddir to be there; what is thrown away is written anyway.
  const [block] = [...blocks, ...dropped];

  expect(trialOf(block?.written ?? [])).toBe(
    '{\n    daily\n    size 1k\n    compress\n    su root root\n    dateformat -%Y%m%d-%s\n    copytruncate\n}',
  );
});

test('of any rule it is one that runs nothing, names no place, and says the same of the rest', () => {
  fc.assert(
    fc.property(arbitraryConfiguration, (configuration) => {
      const { blocks, dropped } = readConfiguration(
        `${memoryFolder}/logrotate.conf`,
        scratchTree(configuration),
        release,
      );
      for (const { written } of [...blocks, ...dropped]) {
        const trial = trialOf(written);
        expect(isTrial(trial)).toBe(true);
        const [tried] = read(`/l/a.log ${trial}\n`).blocks;
        expect(tried?.settings.scripts ?? new Set()).toEqual(new Set());
        expect(tried?.settings.oldDir).toBeUndefined();
        expect(tried?.settings.mail).toBeUndefined();
      }
    }),
    { interruptAfterTimeLimit: 3_000 },
  );
});

test('it rotates when the node’s runs find a log due, and once where that is too rare to be shown', () => {
  const argumentsOf = (words: string, starts: readonly number[], days = 1): readonly string[] => {
    const [block] = read(`/l/a.log {\n    ${words}\n}\n`).blocks;
    return trialArguments('/l', block!, { days, starts }).slice(2);
  };

  expect(argumentsOf('daily', [])).toEqual(['daily']);
  expect(argumentsOf('daily', [0, 385])).toEqual(['daily']);
  expect(argumentsOf('weekly\n    maxsize 1M', [385])).toEqual(['daily']);
  expect(argumentsOf('size 1M', [0, 385])).toEqual(['0,385']);
  expect(argumentsOf('hourly', [0, 20, 60, 70, 130, 190])).toEqual(['0,60,130']);
  expect(argumentsOf('size 1M', [], 0.25)).toEqual(['385,745,1105']);
  expect(argumentsOf('weekly', [385])).toEqual([]);
  expect(argumentsOf('size 1M', [], 7)).toEqual([]);
});

test.each(['', '1', '0,1440', '0,1,2,3', '1,', '-1,2', 'daily,1', '0,1\n', '$(id),1', 'weekly'])(
  'not when a trial is to rotate: %j',
  (text) => {
    expect(isTrialTimes(text)).toBe(false);
  },
);

describe('what a plan calls a trial', () => {
  test('as nodemend 0.1 wrote it', () => {
    const written = 'daily\n\tmaxsize 100M\n    rotate 5\n    copytruncate\n    dateformat -%Y%m%d-%s';
    expect(isTrial(`{\n    ${written}\n    su root root\n}`)).toBe(true);
  });

  test.each([
    '',
    '{}',
    '{\n',
    'daily',
    '{\n    firstaction\n        id\n    endscript\n}',
    '{\n    lastaction\n    endscript\n}',
    '{\n    prerotate\n    endscript\n}',
    '{\n    postrotate\n    endscript\n}',
    '{\n    preremove\n    endscript\n}',
    '{\n    compresscmd /bin/sh\n}',
    '{\n    uncompresscmd /bin/sh\n}',
    '{\n    compressoptions -c\n}',
    '{\n    olddir /etc\n}',
    '{\n    include /tmp/evil\n}',
    '{\n    mail root\n}',
    '{\n    daily }\n/etc/shadow {\n}',
    '{\n    daily\n}\n/etc/shadow {\n    rotate 0\n}',
    '{\n    daily \\\n}',
    '{\n    rotate 3 #\n}',
    '{\n    dateformat /../../x\n}',
    '{\n    extension /x\n}',
    '{\n    create 0644 root root x\n}',
    '{\n    su root\n}',
    '{\r\n    daily\r\n}',
  ])('refused: %j', (text) => {
    expect(isTrial(text)).toBe(false);
  });
});
