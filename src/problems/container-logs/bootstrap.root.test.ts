import { spawnSync } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import type { PrivateRoot } from '../../../test/private-root.ts';
import { userScript } from '../../engine/user-script/user-script.ts';
import { bootstrap } from './bootstrap.ts';
import { containerLogs } from './problem.ts';
import newborn from './testing/newborn.sh?raw';
import { guideRule } from './testing/guide-rule.ts';
import { fixtureRoot } from './testing/fixture-root.ts';
import { fixtureEvidence } from './testing/fixture.ts';

/**
 * The user script on nodes that are not there yet, under every shell that a node's /bin/sh may be, with the real
 * logrotate.
 */
const rule = '/etc/logrotate.d/docker';
const renaming = guideRule.replace('copytruncate', 'nocopytruncate');
const other = '/var/log/shop/*.log {\n    weekly\n    missingok\n}\n';

const own = userScript([{ problem: 'container-logs', bootstrap }], '1.2.3');
const given = (content: string, path = rule): string =>
  userScript([{ problem: 'container-logs', bootstrap, given: { content, path } }], '1.2.3');

let root: PrivateRoot;
beforeAll(async () => {
  root = await fixtureRoot();
});
afterAll(async () => {
  await root.close();
});

const node = (kind: string): string => root.run(newborn, kind);
const put = (path: string, content: string): string =>
  root.run('mkdir -p "${1%/*}" && printf %s "$2" >"$1" && chmod 0644 "$1"', path, content);
/**
 * Debian 13 has logrotate 3.22, Debian 12 an older one. This puts the older one's report into the newer one's words, as
 * they were printed by Debian 13's.
 */
const newerWords = String.raw`mv /usr/sbin/logrotate /usr/sbin/logrotate.real && cat >/usr/sbin/logrotate <<'END'
#!/bin/sh
/usr/sbin/logrotate.real "$@" 2>&1 | sed -E '
  s/^(rotating pattern: .*[^ ]) +(after 1 days|hourly|weekly|monthly) (\([0-9]+ rotations\))/\1 \2 MORE, \3/
  s/MORE/empty log files are not rotated, only log files >= 1048576 bytes are rotated/'
END
chmod 0755 /usr/sbin/logrotate`;
const read = (path: string): string => root.run('cat "$1"', path);

interface Born {
  readonly exitCode: number | null;
  readonly said: string;
}

function runWith(shell: readonly string[], script: string): Born {
  const file = join(root.shared, 'user-script');
  writeFileSync(file, script);
  const words: readonly string[] = [...root.enter, ...shell, file];
  const { status, stdout, stderr } = spawnSync(words[0] ?? '', words.slice(1), {
    encoding: 'utf8',
    env: { PATH: process.env['PATH'] },
  });
  return { exitCode: status, said: `${stdout}${stderr}` };
}

/**
 * What a user script could touch, times of change included; of /run only the names, because scratch folders come and go
 * there.
 */
function disk(): string {
  return root.run(
    String.raw`{ find /etc /var/lib/docker /var/lib/nodemend /data -printf '%p %m %U %G %T@ %s %l\n' 2>/dev/null | sort; ls -A /run /dev/shm; } || :`,
  );
}

describe.each([{ shell: ['dash'] }, { shell: ['bash'] }, { shell: ['busybox', 'sh'] }])('$shell', ({ shell }) => {
  const run = (script: string): Born => runWith(shell, script);

  describe('a docker node', () => {
    beforeEach(() => void node('docker'));

    test('gets the rule before docker has a folder, says so, and nothing happens the second time', () => {
      expect(run(own)).toEqual({
        exitCode: 0,
        said:
          'nodemend: container-logs: tried out: a daily run of logrotate keeps the logs under ' +
          `/var/lib/docker/containers small\nnodemend: container-logs: ${rule} was written\n`,
      });
      expect(read(rule)).toBe(bootstrap.content);
      expect(
        root.run(
          `stat -c '%a %u %g' ${rule}; ls -A /etc/logrotate.d; ls -A /run /var/lib/docker 2>&1 | grep -c nodemend || :`,
        ),
      ).toBe('644 0 0\ndocker\nsyslog\n0\n');
      const before = disk();
      expect(run(own)).toEqual({ exitCode: 0, said: expect.stringContaining('the rule on this node is good') });
      expect(disk()).toBe(before);
    });

    test('keeps a good rule that its image brings along', () => {
      put(rule, guideRule);
      const before = disk();
      expect(run(own)).toEqual({ exitCode: 0, said: expect.stringContaining('nothing was written') });
      expect(disk()).toBe(before);
    });

    test('gets the rule from logrotate 3.22 too, which says more of it in another order', () => {
      root.run(newerWords);
      try {
        expect(run(own)).toEqual({ exitCode: 0, said: expect.stringContaining(`${rule} was written`) });
        put(rule, guideRule.replace('daily', 'weekly\n    minsize 1M').replace(/maxsize.*/, ''));
        expect(run(own)).toEqual({ exitCode: 0, said: expect.stringContaining('is kept in') });
      } finally {
        root.run('mv /usr/sbin/logrotate.real /usr/sbin/logrotate');
      }
    });

    test('loses a rule that renames logs; a copy is kept', () => {
      put(rule, renaming);
      expect(run(own)).toEqual({
        exitCode: 0,
        said: expect.stringContaining(`what was in ${rule} is kept in /var/lib/nodemend/user-script/docker.`),
      });
      expect(read(rule)).toBe(bootstrap.content);
      expect(root.run('cat /var/lib/nodemend/user-script/docker.*; stat -c %a /var/lib/nodemend/user-script')).toBe(
        `${renaming}700\n`,
      );
    });

    test.each([
      ['holds another rule as well', `${renaming}${other}`, '/var/log/shop/*.log'],
      ['is not read by logrotate', 'nonsense {\n', 'what logrotate does not read'],
    ])('a file that %s is left to people', (_what, content, why) => {
      put(rule, content);
      const before = disk();
      expect(run(own)).toEqual({ exitCode: 1, said: expect.stringContaining(why) });
      expect(disk()).toBe(before);
    });

    test('where another file claims the logs and is not usable, nothing is left behind', () => {
      put('/etc/logrotate.d/containers', renaming);
      const before = root.run('cd /etc/logrotate.d && sha256sum *');
      expect(run(own)).toEqual({
        exitCode: 1,
        said: expect.stringMatching(/the rule is undone.*duplicate log entry/),
      });
      expect(root.run('cd /etc/logrotate.d && sha256sum * && ls -A')).toBe(`${before}containers\nsyslog\n`);
    });

    test('a file of the user’s is put there to the byte, over a good rule too, and what was there is kept', () => {
      const source =
        guideRule.replace('rotate 10', 'rotate 7   # 우리 규칙').replace('   # 우리 규칙', '') + '# 우리 규칙\n';
      put(rule, guideRule);
      expect(run(given(source)).exitCode).toBe(0);
      expect(read(rule)).toBe(source);
      expect(root.run('cat /var/lib/nodemend/user-script/docker.*')).toBe(guideRule);
      const before = disk();
      expect(run(given(source))).toEqual({
        exitCode: 0,
        said: expect.stringContaining('as it should be; nothing was written'),
      });
      expect(disk()).toBe(before);
    });

    test('a file of the user’s may stand elsewhere among the rules', () => {
      expect(run(given(guideRule, '/etc/logrotate.d/shop-logs'))).toEqual({
        exitCode: 0,
        said: expect.stringContaining('/etc/logrotate.d/shop-logs was written'),
      });
      expect(root.run('ls -A /etc/logrotate.d; cat /etc/logrotate.d/shop-logs')).toBe(
        `shop-logs\nsyslog\n${guideRule}`,
      );
      expect(run(given(guideRule.replace('copytruncate', 'copytruncat'), '/etc/logrotate.d/shop-logs')).exitCode).toBe(
        1,
      );
      expect(read('/etc/logrotate.d/shop-logs')).toBe(guideRule);
    });

    test('a given file that does not work on the node is undone, and what was there is there again', () => {
      put(rule, guideRule);
      root.run(`chmod 0600 ${rule}`);
      expect(run(given(renaming))).toEqual({ exitCode: 1, said: expect.stringContaining('undone') });
      expect(read(rule)).toBe(guideRule);
      expect(root.run(`stat -c %a ${rule}; ls -A /etc/logrotate.d`)).toBe('600\ndocker\nsyslog\n');
      node('docker');
      expect(run(given(renaming)).exitCode).toBe(1);
      expect(root.run('ls -A /etc/logrotate.d')).toBe('syslog\n');
    });

    test('a given file that logrotate does not accept is never in force', () => {
      expect(run(given(guideRule.replace('maxsize 100M', 'maxsize 100m')))).toEqual({
        exitCode: 1,
        said: expect.stringContaining('logrotate -d does not accept the rule: error: '),
      });
      expect(root.run('ls -A /etc/logrotate.d')).toBe('syslog\n');
    });

    test('docker’s folder is the node’s own', () => {
      put('/etc/docker/daemon.json', '{\n  "data-root": "/data/docker"\n}\n');
      root.run('mkdir /data');
      expect(run(own)).toEqual({ exitCode: 0, said: expect.stringContaining('under /data/docker/containers small') });
      expect(read(rule)).toContain('/data/docker/containers/*/*-json.log {');
      node('docker');
      put(
        '/etc/systemd/system/docker.service.d/root.conf',
        '[Service]\nExecStart=\nExecStart=/usr/bin/dockerd --data-root /var/lib/docker-two -H fd://\n',
      );
      expect(run(own).said).toContain('under /var/lib/docker-two/containers small');
    });

    test.each(['{ "log-opts": { "max-size": "10m", "max-file": "3" } }', '{ "log-driver": "journald" }'])(
      'needs no rule with %s',
      (settings) => {
        put('/etc/docker/daemon.json', settings);
        const before = disk();
        expect(run(own)).toEqual({
          exitCode: 0,
          said: expect.stringContaining('docker keeps the logs of new containers small by itself'),
        });
        expect(disk()).toBe(before);
      },
    );

    test('a folder of rules that is read-only: said, nothing is left, the end is not 0', () => {
      root.run('mount --bind /etc/logrotate.d /etc/logrotate.d && mount -o remount,bind,ro /etc/logrotate.d');
      const before = disk();
      const born = run(own);
      root.run('umount /etc/logrotate.d');
      expect(born).toEqual({ exitCode: 1, said: expect.stringContaining('stopped: write-failed: ') });
      expect(disk()).toBe(before);
    });

    test('without logrotate: said, nothing is written', () => {
      const before = disk();
      root.run('mv /usr/sbin/logrotate /usr/sbin/logrotate.gone');
      const born = run(own);
      root.run('mv /usr/sbin/logrotate.gone /usr/sbin/logrotate');
      expect(born).toEqual({ exitCode: 1, said: expect.stringContaining('logrotate is not installed') });
      expect(disk()).toBe(before);
    });

    test('without mount namespaces the rule is there, and it is said that it was not tried out', () => {
      expect(runWith(['setpriv', '--bounding-set=-sys_admin', '--', ...shell], own)).toEqual({
        exitCode: 0,
        said: expect.stringContaining('could not be tried out'),
      });
      expect(read(rule)).toBe(bootstrap.content);
    });

    test('a link, or another name of the same file, is not followed', () => {
      root.run(`ln -s /etc/passwd ${rule}`);
      const passwd = read('/etc/passwd');
      expect(run(given(guideRule)).exitCode).toBe(1);
      expect(read('/etc/passwd')).toBe(passwd);
    });

    test('a script that was changed or cut off on its way changes nothing', () => {
      const before = disk();
      expect(run(own.replace('    daily\n', '    daily \n'))).toEqual({
        exitCode: 1,
        said: expect.stringContaining('the script is not as it was made'),
      });
      for (let part = 1; part < 16; part += 1) run(own.slice(0, Math.floor((own.length * part) / 16)));
      run(own.slice(0, own.lastIndexOf('nodemend_main')));
      expect(disk()).toBe(before);
    });

    test('what a run that was killed left beside the file is not a rule, and is gone after the next run', () => {
      put(`${rule}.nodemend-birth~`, `${renaming.slice(0, 40)}`);
      expect(run(own)).toEqual({ exitCode: 0, said: expect.stringContaining(`${rule} was written`) });
      expect(root.run('ls -A /etc/logrotate.d')).toBe('docker\nsyslog\n');
    });

    test('a script of one’s own goes before it', () => {
      const joined = `#!/bin/sh\nset -- one two\nmkdir /data\n${own.slice('#!/bin/sh\n'.length)}`;
      expect(run(joined).exitCode).toBe(0);
      expect(read(rule)).toBe(bootstrap.content);
      expect(root.run('ls -d /data')).toBe('/data\n');
    });
  });

  test.each(['containerd', 'containerd-told', 'containerd-configured', 'containerd-alone'])(
    'a node of the kind %s: kubelet rotates, nothing is written, not even a given file',
    (kind) => {
      node(kind);
      const before = disk();
      for (const script of [own, given(guideRule)])
        expect(run(script)).toEqual({
          exitCode: 0,
          said: expect.stringMatching(/kubelet rotates the logs here \(.+\): nothing was written/),
        });
      expect(disk()).toBe(before);
    },
  );

  test('docker behind cri-dockerd is docker', () => {
    node('cri-dockerd');
    expect(run(own).exitCode).toBe(0);
    expect(read(rule)).toBe(bootstrap.content);
  });

  test('a disk that tells no runtime: unknown is not success', () => {
    node('empty');
    const before = disk();
    expect(run(own)).toEqual({ exitCode: 1, said: expect.stringContaining('nobody knows who will write the logs') });
    expect(disk()).toBe(before);
  });
});

test.each(['fail-rule-missing', 'fail-rule-unsafe'])(
  'nodemend’s own diagnosis finds nothing on a node that was born so (%s before)',
  async (state) => {
    node('docker');
    await fixtureEvidence(root, state);
    expect(runWith(['sh'], own).exitCode).toBe(0);
    const findings = containerLogs.diagnose(await fixtureEvidence(root, state, {}, 'as-it-is'));
    expect(findings.map(({ status, rule: id }) => ({ status, id }))).toEqual([{ status: 'pass', id: 'rule-ok' }]);
  },
);
