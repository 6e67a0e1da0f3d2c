import { createHash } from 'node:crypto';
import { describe, expect, test } from 'vitest';
import type { Evidence } from '../../../evidence/evidence.ts';
import type { Finding } from '../../problem.ts';
import { diagnose } from '../diagnose.ts';
import {
  containerLines,
  driverLines,
  file,
  goodRule,
  id,
  mainText,
  node,
  section,
  type NodeParts,
} from '../testing/node.ts';
import { evidenceOf } from '../testing/fixture.ts';

const mib = 1024 ** 2;
const now = Date.parse('2026-11-24T09:30:00Z');
const iso = (ms: number): string => new Date(ms).toISOString();
const hour = 3_600_000;

interface Look {
  /** MiB: the log of the first container, what else is on the disk, and its size. */
  readonly log: number;
  readonly others?: number;
  readonly size?: number;
  /** Hours that the log was written for, until `at`. */
  readonly hours?: number;
  readonly at?: number;
  readonly use?: string;
  readonly rule?: string | null;
  readonly maxSize?: string;
  readonly growth?: string;
  /** Whether times inside the log say that it was written evenly. */
  readonly isEven?: boolean;
}

/** A Docker node whose kubelet and images are on the disk of the logs. */
function look({
  log,
  others = 0,
  size = 1000,
  hours = 10,
  at = now,
  use = '',
  rule = goodRule,
  maxSize,
  growth,
  isEven = true,
}: Look): Evidence {
  const free = Math.round((size - log - others) * 256);
  const room = (path: string): string => `4096 ${size * 256} ${free} ${free} 1000 900 abc ${path}\n`;
  const path = `/var/lib/docker/containers/${id(1)}/${id(1)}-json.log`;
  const written = `log ${at / 1000} ${log * mib} ${log * 2048} ${iso(at - hours * hour)} 0 ${iso(at)} ${path}\n`;
  // As evenly as it can be.
  const inside = isEven
    ? [1, 2, 3, 4].map(
        (part) => `inside ${Math.round((log * mib * part) / 5)} ${iso(at - hours * hour * (1 - part / 5))} ${path}\n`,
      )
    : [];
  const times = `clock ${at / 1000}\n${written}${inside.join('')}`;
  const parts: NodeParts = {
    runtimeVersion: 'docker://20.10.24',
    files: [file('/etc/logrotate.conf', mainText), ...(rule === null ? [] : [file('/etc/logrotate.d/docker', rule)])],
    logs:
      'docker /var/lib/docker\nresolved /var/lib/docker/containers\n' +
      `${containerLines(1, log * mib)}${containerLines(2)}drivers\n` +
      `${driverLines(1, 'json-file', maxSize)}${driverLines(2, 'json-file', maxSize)}names\n`,
    disk: ['/var/lib/docker/containers', '/var/lib/kubelet', '/var/lib/docker'].map(room).join(''),
    sections: { 'container-logs/growth': section(growth ?? times), 'disk/use': section(use) },
  };
  return { ...evidenceOf([node(parts)]), collectedAt: iso(at) };
}

const told = (evidence: Evidence, earlier?: Evidence): readonly string[] =>
  diagnose(evidence, earlier).map(({ status, text }) => `${status} ${text.key.replace('findings.', '')}`);
const factsOf = (evidence: Evidence, earlier?: Evidence): Record<string, unknown> => {
  const [first] = diagnose(evidence, earlier) as readonly (Finding & { readonly facts?: Record<string, unknown> })[];
  return { ...first?.facts };
};

describe('a log that nothing bounds', () => {
  test('the day is among the facts of the finding that says so, and no second finding says it again', () => {
    // 100 MiB in ten hours; images go at 840 MiB, kubelet evicts at 850.
    const evidence = look({ log: 100, rule: null });
    expect(told(evidence)).toEqual(['fail rule-missing.none']);
    expect(factsOf(evidence)).toMatchObject({
      forecast: 'fills',
      logsPerDayBytes: expect.closeTo(240 * mib, -5) as number,
      measuredMs: 10 * hour,
      measuredLogs: 1,
      evictionSignal: 'imagefs.available',
    });
    const hours = ['imagesGoAt', 'evictsAt', 'fullAt'].map(
      (name) => (Date.parse(String(factsOf(evidence)[name])) - now) / hour,
    );
    expect(hours.map(Math.round)).toEqual([74, 75, 90]);
  });

  test('without times inside, the day is told to the day, with the first and the last that it may be', () => {
    const facts = factsOf(look({ log: 100, rule: null, isEven: false }));
    expect(facts).toMatchObject({
      evictsAt: '2026-11-27T00:00:00Z',
      earliestAt: '2026-11-25T00:00:00Z',
      latestAt: '2026-12-03T00:00:00Z',
      logsPerDayBytes: 256 * mib,
      logsPerDayNowBytes: 256 * mib,
    });
  });

  test('what is written faster now than always is told with both rates, and is nearer', () => {
    const path = `/var/lib/docker/containers/${id(1)}/${id(1)}-json.log`;
    const inside = [80, 40, 10, 5].map(
      (part, index) => `inside ${20 * (index + 1) * mib} ${iso(now - (part / 10) * hour)} ${path}\n`,
    );
    const growth =
      `clock ${now / 1000}\nlog ${now / 1000} ${100 * mib} 204800 ${iso(now - 10 * hour)} 0 ${iso(now)} ${path}\n` +
      inside.join('');
    const facts = factsOf(look({ log: 100, rule: null, growth }));
    expect(Number(facts['logsPerDayNowBytes'])).toBeGreaterThan(Number(facts['logsPerDayBytes']));
    expect(Date.parse(String(facts['earliestAt'])) - now).toBeLessThan(20 * hour);
  });

  test('what was measured for an hour says nothing of next month', () => {
    const evidence = look({ log: 1, hours: 1, rule: null });
    expect(factsOf(evidence)).toMatchObject({ forecast: 'later', notBefore: iso(now + 50 * hour).replace('.000', '') });
    expect(factsOf(evidence)).not.toHaveProperty('evictsAt');
  });

  test.each<[string, string, string]>([
    ['no log is large', '', 'unknown-small'],
    [
      'no times',
      `clock ${now / 1000}\nlog ${now / 1000} ${100 * mib} 204800 - 0 - /var/lib/docker/containers/${id(1)}/${id(1)}-json.log\n`,
      'unknown-no-time',
    ],
    [
      'a clock that jumped',
      `clock ${now / 1000}\nlog ${now / 1000} ${100 * mib} 204800 2026-11-24T09:00:00Z 0 2026-11-23T09:00:00Z ` +
        `/var/lib/docker/containers/${id(1)}/${id(1)}-json.log\n`,
      'unknown-clock',
    ],
    [
      'one line',
      `clock ${now / 1000}\nlog ${now / 1000} ${100 * mib} 204800 2026-11-24T09:30:00Z 0 2026-11-24T09:30:00Z ` +
        `/var/lib/docker/containers/${id(1)}/${id(1)}-json.log\n`,
      'unknown-too-short',
    ],
    [
      'a log that is a small part',
      `clock ${now / 1000}\nlog ${now / 1000} ${100 * mib} 204800 2026-11-24T08:30:00Z 0 2026-11-24T09:30:00Z ` +
        `/var/lib/docker/containers/${id(2)}/${id(2)}-json.log\n`,
      'unknown-share',
    ],
  ])('%s: that is said, and no size is divided by an age', (_name, growth, forecast) => {
    const facts = factsOf(look({ log: 100, rule: null, growth }));
    expect(facts).toMatchObject({ forecast });
    expect(facts).not.toHaveProperty('evictsAt');
    expect(facts).not.toHaveProperty('logsPerDayBytes');
  });
});

describe('logs that are kept small', () => {
  test('their limits fit on the disk: fine', () => {
    const evidence = look({ log: 20, maxSize: '50m' });
    expect(told(evidence)).toEqual(['pass bounded-by-daemon']);
    expect(factsOf(evidence)).toMatchObject({
      forecast: 'bounded',
      stillToComeBytes: expect.closeTo(2 * 50e6 - 20 * mib, -6) as number,
    });
  });

  test('their limits do not: it is a finding of its own, and worse the nearer it is', () => {
    const allowed = 'warn docker-logs-exceed-disk.limits-now';
    expect(told(look({ log: 100, maxSize: '5g', hours: 30 }))).toEqual(['pass bounded-by-daemon', allowed]);
    expect(told(look({ log: 400, maxSize: '5g', hours: 30 }))).toEqual([
      'pass bounded-by-daemon',
      allowed,
      'warn disk-fills.logs-grow',
    ]);
    expect(told(look({ log: 600, maxSize: '5g', hours: 30 }))).toEqual([
      'pass bounded-by-daemon',
      allowed,
      'fail disk-fills.logs-grow',
    ]);
    expect(told(look({ log: 900, maxSize: '5g', hours: 30 }))).toEqual([
      'pass bounded-by-daemon',
      allowed,
      'fail disk-fills.logs-full',
    ]);
  });

  test('a rule that runs once a day does not hold what is written in an hour', () => {
    const allowed = 'warn docker-logs-exceed-disk.rule-now';
    expect(told(look({ log: 400, hours: 4 }))).toEqual(['pass rule-ok', allowed, 'fail disk-fills.logs-grow']);
    expect(told(look({ log: 4, hours: 40 }))).toEqual(['pass rule-ok']);
  });
});

describe('a disk that something else fills', () => {
  const use =
    'use layers abc 1638400 900 whole /var/lib/docker/overlay2\n' +
    'use journal abc 20480 3 whole /var/log/journal\nuse homes fff 99999999 3 whole /home\n';

  test('logs are not blamed, and what it is has a name', () => {
    const evidence = look({ log: 5, others: 870, use });
    expect(told(evidence)).toEqual(['pass rule-ok', 'fail disk-fills.layers']);
    const finding = diagnose(evidence)[1] as Finding & {
      readonly facts: Record<string, unknown>;
      readonly remedy: boolean;
    };
    expect(finding.remedy).toBe(false);
    expect(finding.text.params).toEqual({ path: '/var/lib/docker/overlay2' });
    expect(finding.facts['places']).toEqual([
      { name: '/var/lib/docker/overlay2', bytes: 800 * mib },
      { name: '/var/log/journal', bytes: 10 * mib },
    ]);
  });

  test('where images begin to go, it is a warning; before that, nothing', () => {
    expect(told(look({ log: 5, others: 840, use }))).toEqual(['pass rule-ok', 'warn disk-fills.layers']);
    expect(told(look({ log: 5, others: 700, use }))).toEqual(['pass rule-ok']);
  });

  test('what is left for logs that are kept small may be too little', () => {
    expect(told(look({ log: 5, others: 830, use }))).toEqual(['pass rule-ok', 'warn disk-fills.layers']);
    expect(told(look({ log: 40, others: 600 }))).toEqual(['pass rule-ok', 'warn disk-fills.others-leave-little']);
  });

  test('also beside a log that nothing bounds', () => {
    expect(told(look({ log: 5, others: 870, use, rule: null }))).toEqual([
      'fail rule-missing.none',
      'fail disk-fills.layers',
    ]);
    expect(told(look({ log: 870, use, rule: null }))).toEqual(['fail rule-missing.none']);
  });

  test('what was not counted is not guessed at, but for a place that was cut', () => {
    expect(told(look({ log: 5, others: 870 }))).toEqual(['pass rule-ok', 'fail disk-fills.others']);
    expect(told(look({ log: 5, others: 870, use: 'use journal abc 20480 3 whole /var/log/journal\n' }))).toEqual([
      'pass rule-ok',
      'fail disk-fills.others',
    ]);
    expect(
      told(look({ log: 5, others: 870, use: 'use layers abc 20480 50000 cut /var/lib/docker/overlay2\n' })),
    ).toEqual(['pass rule-ok', 'fail disk-fills.layers']);
  });
});

describe('two looks at one node', () => {
  const day = 24 * hour;

  test('what grew in between is the rate, whatever the lines say, and all else counts too', () => {
    const earlier = look({ log: 100, others: 100, at: now - day, rule: null });
    const facts = factsOf(look({ log: 150, others: 110, hours: 1, rule: null }), earlier);
    expect(facts).toMatchObject({
      forecast: 'fills',
      measuredMs: day,
      logsPerDayBytes: expect.closeTo(50 * mib, -7) as number,
      othersPerDayBytes: expect.closeTo(10 * mib, -5) as number,
    });
    // 590 MiB at 60 a day.
    expect(Math.abs(Date.parse(String(facts['evictsAt'])) - (now + (590 / 60) * day))).toBeLessThan(day);
  });

  test('what grows beside the logs is said not to be a log', () => {
    const earlier = look({ log: 10, others: 300, at: now - day });
    expect(told(look({ log: 11, others: 500 }), earlier)).toEqual(['pass rule-ok', 'warn disk-fills.others-grow']);
  });

  test('a log that was emptied in between is measured by its times', () => {
    const earlier = look({ log: 500, at: now - day, rule: null });
    expect(factsOf(look({ log: 100, rule: null }), earlier)).toMatchObject({
      measuredMs: 10 * hour,
      othersPerDayBytes: 0,
    });
  });

  test('another machine of the same name tells nothing', () => {
    const earlier = look({ log: 100, at: now - day, rule: null });
    const other = {
      ...earlier,
      nodes: earlier.nodes.map((one) =>
        one.access.state === 'seen'
          ? { ...one, access: { ...one.access, value: { ...one.access.value, machineId: 'other' } } }
          : one,
      ),
    };
    expect(factsOf(look({ log: 150, rule: null }), other)).toMatchObject({ measuredMs: 10 * hour });
    expect(factsOf(look({ log: 150, rule: null }), other)).not.toHaveProperty('othersPerDayBytes');
  });
});

test('an older probe that does not look for growth says nothing of it', () => {
  const evidence = look({ log: 900, rule: null });
  const nodes = evidence.nodes.map((one) => ({
    ...one,
    sections: Object.fromEntries(Object.entries(one.sections).filter(([name]) => !/growth|disk-use/.test(name))),
  }));
  expect(factsOf({ ...evidence, nodes })).not.toHaveProperty('forecast');
});

describe('the thresholds are those of this kubelet', () => {
  const sum = (text: string): string => createHash('sha256').update(text).digest('hex');
  const config = (text: string): string =>
    `running 10\noption config=/k.yaml\nfile 81a4 0 0 ${text.length} 5 /k.yaml\nnow 99\n` +
    `sum ${sum(text)} /k.yaml\ntext ${text.split('\n').length - 1} /k.yaml\n${text}`;
  const withKubelet = (text: string): Evidence => {
    const evidence = look({ log: 100, rule: null });
    return {
      ...evidence,
      nodes: evidence.nodes.map((one) => ({
        ...one,
        sections: { ...one.sections, 'kubelet/configuration': section(text) },
      })),
    };
  };
  const hoursUntil = (evidence: Evidence, name: string): number =>
    Math.round((Date.parse(String(factsOf(evidence)[name])) - now) / hour);

  test.each<[string, string, number, number]>([
    ['its file', config('imageGCHighThresholdPercent: 60\nevictionHard:\n  nodefs.available: 300Mi\n'), 49, 60],
    [
      'its flags win over its file',
      'option eviction-hard=memory.available<1Gi,nodefs.available<40%\noption image-gc-high-threshold=50\n' +
        `${config('evictionHard: {nodefs.available: 300Mi}\n')}`,
      39,
      50,
    ],
    ['nothing is given', config('maxPods: 10\n'), 74, 75],
  ])('%s', (_name, kubelet, images, evicts) => {
    const evidence = withKubelet(kubelet);
    expect([hoursUntil(evidence, 'imagesGoAt'), hoursUntil(evidence, 'evictsAt')]).toEqual([images, evicts]);
  });

  test('what it says of itself wins over all of them', () => {
    const evidence = withKubelet(config('evictionHard: {nodefs.available: 300Mi}\n'));
    const running = { state: 'seen', value: { evictionHard: { 'nodefs.available': '20%' } } } as const;
    const asked = { ...evidence, nodes: evidence.nodes.map((one) => ({ ...one, kubelet: running })) };
    expect(hoursUntil(asked, 'evictsAt')).toBe(70);
  });
});
