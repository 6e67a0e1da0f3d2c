import { spawnSync } from 'node:child_process';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { editDefaults } from '../../../grub/edit-defaults.ts';
import { arbitraryDefaults } from '../../../grub/testing/arbitrary-defaults.ts';
import { bootstrap, bootstrapWishes } from './bootstrap.ts';
import { nokmem } from './written.ts';

const shells: readonly (readonly [name: string, ...shell: string[]])[] = [
  ['dash', 'dash'],
  ['bash', 'bash'],
  ['busybox with its own awk', 'busybox', 'sh'],
];

/** What the script makes of texts of /etc/default/grub, all in one run of a shell; undefined for those that it refuses. */
function edited(
  [name, program = '', ...args]: (typeof shells)[number],
  texts: readonly string[],
): readonly (string | undefined)[] {
  const calls = texts.map(
    (text) =>
      `printf %s '${text.replaceAll("'", String.raw`'\''`)}' | kernel_memory_edit && printf ACCEPTED; printf END\n`,
  );
  const script = [
    ...(name.startsWith('busybox') ? ['awk() { busybox awk "$@"; }\n'] : []),
    bootstrap.script,
    'kernel_memory_argument=cgroup.memory=nokmem\n',
    ...calls,
  ].join('');
  const { stdout, stderr } = spawnSync(program, [...args, '-eu'], { input: script, encoding: 'utf8' });
  expect(stderr).toBe('');
  return stdout
    .split('END')
    .slice(0, -1)
    .map((said) => (said.endsWith('ACCEPTED') ? said.slice(0, -'ACCEPTED'.length) : undefined));
}

const enterprise = `GRUB_TIMEOUT=5
GRUB_DISTRIBUTOR="$(sed 's, release .*$,,g' /etc/system-release)"
# quiet
GRUB_CMDLINE_LINUX="crashkernel=auto rhgb"
GRUB_DISABLE_RECOVERY="true"
`;

test.each(shells)(
  '%s: what it edits is edited as nodemend does it, and everything else is refused',
  (name, ...words) => {
    const shell = [name, ...words] as const;
    const plain = fc.constantFrom(
      'GRUB_TIMEOUT=5\n',
      'GRUB_CMDLINE_LINUX="quiet"\n',
      'GRUB_CMDLINE_LINUX_DEFAULT="a b"\n',
      '# x\n',
      'GRUB_CMDLINE_LINUX=""\n',
      enterprise,
    );
    const texts = fc.oneof(
      arbitraryDefaults(),
      fc.array(plain, { maxLength: 4 }).map((lines) => lines.join('')),
    );
    let accepted = 0;
    fc.assert(
      fc.property(fc.array(texts, { minLength: 20, maxLength: 40 }), (documents) => {
        edited(shell, documents).forEach((after, at) => {
          if (after === undefined) return;
          accepted += 1;
          const before = documents[at] ?? '';
          const ours = editDefaults([{ path: '/etc/default/grub', text: before }], 0, {
            operation: 'add',
            argument: nokmem,
          });
          if ('refusal' in ours) throw new Error(`nodemend itself refuses ${ours.refusal}: ${JSON.stringify(before)}`);
          const wanted = ours.outcome === 'changed' ? ours.text : before;
          // awk ends a last line that has no end.
          expect(after.replace(/\n$/u, '')).toBe(wanted.replace(/\n$/u, ''));
        });
      }),
      { numRuns: 20 },
    );
    expect(accepted).toBeGreaterThan(50);
  },
);

test.each([
  ['GRUB_CMDLINE_LINUX="$(cat /etc/arguments)"\n'],
  ['. /etc/sysconfig/more\n'],
  ['GRUB_CMDLINE_LINUX="quiet \\\nro"\n'],
  ["GRUB_CMDLINE_LINUX='quiet'\n"],
  ['GRUB_CMDLINE_LINUX="one"\nGRUB_CMDLINE_LINUX="two"\n'],
  ['GRUB_CMDLINE_LINUX+=" ro"\n'],
  ['GRUB_CMDLINE_LINUX="quiet -- single"\n'],
  ['GRUB_CMDLINE_LINUX="{{ arguments }}"\n'],
])('%j is refused', (text) => {
  for (const shell of shells)
    expect(edited(shell, [text, enterprise])).toEqual([
      undefined,
      expect.stringContaining('rhgb cgroup.memory=nokmem"\n'),
    ]);
});

test('what is wished is lines, whatever the reason holds', () => {
  expect(bootstrapWishes('a\nargument init=/bin/sh')).toBe(
    'argument cgroup.memory=nokmem\noverride a argument init=/bin/sh\n',
  );
});
