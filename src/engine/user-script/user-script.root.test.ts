import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { createPrivateRoot, type PrivateRoot } from '../../../test/private-root.ts';
import { imageBuilderScript } from './image-builder-script.ts';
import { userScript } from './user-script.ts';

/** Several problems in one script: what one of them meets does not matter to the others. */
let root: PrivateRoot;
beforeAll(async () => {
  root = await createPrivateRoot();
});
afterAll(async () => {
  await root.close();
});

const part = (problem: string, body: string): Parameters<typeof userScript>[0][number] => ({
  problem,
  bootstrap: { script: `${problem}_bootstrap() {\n${body}\n}\n`, content: `content of ${problem}\n` },
});

function run(
  shell: readonly string[],
  script: string,
): { readonly status: number | null; readonly lines: readonly string[] } {
  const [program = '', ...args] = [...root.enter, ...shell];
  const { status, stdout, stderr } = spawnSync(program, [...args, '-s'], { input: script, encoding: 'utf8' });
  return { status, lines: `${stdout}${stderr}`.split('\n').slice(0, -1) };
}

test.each([{ shell: ['dash'] }, { shell: ['bash'] }, { shell: ['busybox', 'sh'] }])(
  '$shell: a part that fails, in whatever way, does not keep the others from running',
  ({ shell }) => {
    const parts = [
      part('fails', '  false\n  tell "not reached"'),
      part('refuses', '  trap "rm -f /etc/leftover" EXIT\n  : >/etc/leftover\n  refuse "no way" "two\nlines"'),
      part('unset', '  tell "$never_set"'),
      part('works', '  cat "$1"\n  tell "$2"'),
    ];
    const { status, lines } = run(shell, userScript(parts, '1.2.3'));

    expect(status).toBe(1);
    expect(lines.filter((line) => !/never_set/.test(line))).toEqual([
      'nodemend: fails: not done (exit code 1); once the node has joined: nodemend diagnose, nodemend apply fails',
      'nodemend: refuses: stopped: no way: two lines',
      'nodemend: refuses: not done (exit code 1); once the node has joined: nodemend diagnose, nodemend apply refuses',
      expect.stringMatching(/^nodemend: unset: not done \(exit code [12]\)/),
      'content of works',
      'nodemend: works: own',
      'nodemend: ends with exit code 1, because of: fails refuses unset',
    ]);
    expect(root.run('ls -d /etc/leftover /run/nodemend-birth.* /dev/shm/nodemend-birth.* 2>/dev/null || :')).toBe('');
  },
);

describe.each(['new-nodes.md', 'new-nodes.ko.md'])('what docs/%s says', (page) => {
  const commands = [
    ...readFileSync(join(import.meta.dirname, '../../../docs', page), 'utf8').matchAll(/^    (\S.*)$/gm),
  ].map(([, line = '']) => line);
  const command = (start: string): string => commands.find((line) => line.startsWith(start)) ?? `no ${start}`;

  test.each([{ shell: ['dash'] }, { shell: ['bash'] }, { shell: ['busybox', 'sh'] }])(
    '$shell: another last line ends with 0 in any case, and all parts run',
    ({ shell }) => {
      const script = userScript(
        [part('fails', '  false\n  tell "not reached"'), part('works', '  tell "$2"')],
        '1.2.3',
      );
      const { status, lines } = run(
        shell,
        `${script.slice(0, script.lastIndexOf('nodemend_main'))}${command('set +e')}\n`,
      );

      expect(status).toBe(0);
      expect(lines).toEqual([
        expect.stringContaining('fails: not done'),
        'nodemend: works: own',
        expect.stringContaining('because of: fails'),
      ]);
    },
  );

  test('one’s own script goes before it', () => {
    const mine = '#!/bin/sh\necho mine\n';
    const joined = root.run(
      `mkdir -p /etc/joined && cd /etc/joined && printf %s "$1" >mine.sh && printf %s "$2" >bootstrap.sh && ` +
        `${command('{ cat mine.sh')} && cat both.sh`,
      mine,
      userScript([part('works', '  tell done')], '1.2.3'),
    );

    expect(joined.startsWith('#!/bin/sh\necho mine\n# User script (v2)')).toBe(true);
    expect(run(['sh'], joined)).toEqual({ status: 0, lines: ['mine', 'nodemend: works: done'] });
  });
});

test('each line also goes to the system’s log, where there is one', () => {
  root.run(
    'printf \'#!/bin/sh\\n# a fake\\necho "$@" >>/run/logged\\n\' >/usr/local/bin/logger && chmod 755 /usr/local/bin/logger',
  );
  expect(run(['sh'], userScript([part('works', '  tell "-e done"')], '1.2.3'))).toEqual({
    status: 0,
    lines: ['nodemend: works: -e done'],
  });
  expect(root.run('cat /run/logged')).toBe('-t nodemend -- works: -e done\n');
});

test('without root it says so and does nothing', () => {
  const { status, lines } = run(
    ['setpriv', '--reuid', '65534', '--clear-groups', '--', 'sh'],
    userScript([part('works', '  tell done')], '1.2.3'),
  );
  expect({ status, lines }).toEqual({
    status: 1,
    lines: ['nodemend: this has to run as root, as user scripts of NKS do'],
  });
});

test('a script that stands behind it goes on when nothing failed', () => {
  expect(run(['sh'], `${userScript([part('works', '  tell done')], '1.2.3')}echo mine\n`).lines).toEqual([
    'nodemend: works: done',
    'mine',
  ]);
});

describe('for Image Builder, as the default user of an image', () => {
  const asUser = (script: string): ReturnType<typeof run> =>
    run(['setpriv', '--reuid', '65534', '--regid', '65534', '--clear-groups', '--', 'bash', '-e'], script);
  const image = (...parts: Parameters<typeof userScript>[0]): string =>
    imageBuilderScript(userScript(parts, '1.2.3'), '1.2.3');
  const works = part('works', '  : >/etc/made\n  tell "$2 by $(id -u)"');

  beforeAll(() => {
    root.run('echo "nobody ALL=(root) NOPASSWD: ALL" >/etc/sudoers.d/image && chmod 0440 /etc/sudoers.d/image');
  });

  test('root does what new nodes would do, and standard input stays the script', () => {
    const script = `${image(part('reads', '  cat; tell "read nothing"'), works)}echo behind\n`;
    expect(asUser(script)).toEqual({
      status: 0,
      lines: ['nodemend: reads: read nothing', 'nodemend: works: own by 0', 'behind'],
    });
  });

  test('a part that fails fails the build', () => {
    const { status, lines } = asUser(`${image(part('fails', '  false'), works)}echo behind\n`);
    expect(lines).toContain('nodemend: works: own by 0');
    expect(lines.at(-1)).toBe('nodemend: ends with exit code 1, because of: fails');
    expect(status).toBe(1);
  });

  test('one that was cut off or changed on its way does nothing', () => {
    root.run('rm -f /etc/made');
    const script = image(works);
    expect(asUser(script.replace('"$2 by', '"$2 of'))).toEqual({
      status: 1,
      lines: [expect.stringContaining('the script is not as it was made')],
    });
    for (let cut = 1; cut < 12; cut += 1) asUser(script.slice(0, Math.floor((script.length * cut) / 12)));
    expect(root.run('ls /etc/made 2>/dev/null || :')).toBe('');
  });
});
