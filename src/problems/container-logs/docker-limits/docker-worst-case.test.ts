import { describe, expect, test } from 'vitest';
import { diagnose } from '../diagnose.ts';
import { evidenceOf } from '../testing/fixture.ts';
import { containerLines, driverLines, file, id, mainText, node, type NodeParts } from '../testing/node.ts';

const GB = 1024 ** 3;
/** A disk of 30 GB, two thirds of it free. */
const disk = `4096 ${(30 * GB) / 4096} ${(20 * GB) / 4096} ${(20 * GB) / 4096} 1000 900 /var/lib/docker/containers\n`;

/** Two containers of one pod each. */
function logs(bytes: number, limits = ''): string {
  const link = (digit: number): string => `api-${digit}_shop_app-${id(digit)}.log\n`;
  const options = limits === '' ? '' : [1, 2].map((digit) => limits.replaceAll('ID', id(digit))).join('');
  return (
    'docker /var/lib/docker\nresolved /var/lib/docker/containers\n' +
    `${containerLines(1, bytes)}${containerLines(2, bytes)}drivers\n${driverLines(1)}${driverLines(2)}${options}names\n${link(1)}${link(2)}`
  );
}

const limited = (size: string, files: string): string =>
  `ID/hostconfig.json:"max-size":"${size}"\nID/hostconfig.json:"max-file":"${files}"\n`;

const rule = (...directives: readonly string[]): NonNullable<NodeParts['files']> => [
  file('/etc/logrotate.conf', mainText),
  file(
    '/etc/logrotate.d/docker',
    `/var/lib/docker/containers/*/*-json.log {\n copytruncate\n missingok\n ${directives.join('\n ')}\n}\n`,
  ),
];

function told(parts: NodeParts): readonly string[] {
  return diagnose(evidenceOf([node({ disk, ...parts })]))
    .filter(({ rule: name }) => name === 'docker-logs-exceed-disk')
    .map(({ text }) => text.key.split('.').at(-1) ?? '');
}

describe('bounds are held against the disk', () => {
  test.each<[string, NodeParts, readonly string[]]>([
    ['docker’s limits that fit', { logs: logs(1e6, limited('100m', '3')) }, []],
    ['100g × 3', { logs: logs(1e6, limited('100g', '3')) }, ['limits-now']],
    ['two of 5g × 2, and 20 GB are free', { logs: logs(1e6, limited('5g', '2')) }, ['limits-now']],
    ['the same of 4500m × 2', { logs: logs(1e6, limited('4500m', '2')) }, ['limits-now']],
    ['the same of 3g × 2', { logs: logs(1e6, limited('3g', '2')) }, []],
    ['a rule that waits for 20G', { logs: logs(1e6), files: rule('size 20G', 'rotate 3') }, ['rule-now']],
    [
      'one that keeps a thousand days of a day’s 20 MB',
      { logs: logs(20e6), files: rule('daily', 'rotate 1000') },
      ['rule-now'],
    ],
    ['the same, compressed to a twentieth', { logs: logs(20e6), files: rule('daily', 'rotate 1000', 'compress') }, []],
    ['the same of 300 MB', { logs: logs(300e6), files: rule('daily', 'rotate 1000', 'compress') }, ['rule-now']],
    [
      'a thousand, but none that is older than a week',
      { logs: logs(20e6), files: rule('daily', 'rotate 1000', 'maxage 7') },
      [],
    ],
    [
      'the rule that nodemend writes',
      { logs: logs(90e6), files: rule('daily', 'maxsize 100M', 'rotate 5', 'compress') },
      [],
    ],
  ])('%s', (_name, parts, found) => {
    expect(told(parts)).toEqual(found);
  });

  test('archives that are there tell how large the coming ones are', () => {
    const archives = (bytes: number): string =>
      logs(20e6).replace(/=-json\.log\n/g, (line) => `${line}81a0 0 0 1 ${bytes} ${bytes / 512} =-json.log.1.gz\n`);
    const files = rule('daily', 'rotate 1000', 'compress');

    expect(told({ logs: archives(512 * 2000), files })).toEqual([]);
    expect(told({ logs: archives(512 * 40_000), files })).toEqual(['rule-now']);
  });
});
