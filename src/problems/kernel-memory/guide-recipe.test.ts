import { spawnSync } from 'node:child_process';
import { expect, test } from 'vitest';
import page from '../../../docs/kernel-memory.md?raw';
import koreanPage from '../../../docs/kernel-memory.ko.md?raw';

/** What the page says of the guide's recipe, as the real sed has it. */
const [, written = ''] = /^\| `(sed -i .*)` \|/mu.exec(page) ?? [];

function edited(defaults: string, times = 1): string {
  // Of standard input in place of the file.
  const command = written.replace('sed -i', 'sed');
  const script = `args=cgroup.memory=nokmem\n${Array.from({ length: times }, () => command).join(' | ')}\n`;
  const { stdout, status } = spawnSync('bash', ['-e', '-o', 'pipefail', '-c', script], {
    input: defaults,
    encoding: 'utf8',
  });
  expect(status).toBe(0);
  return stdout;
}

test('both pages have the guide’s own command', () => {
  expect(written).toBe(String.raw`sed -i "s/GRUB_CMDLINE_LINUX=\"\(.*\)\"/GRUB_CMDLINE_LINUX=\"\1 $args\"/"`);
  expect(koreanPage).toContain(`| \`${written}\` |`);
});

test.each([
  [
    'a second run appends it a second time',
    'GRUB_CMDLINE_LINUX="quiet"\n',
    'GRUB_CMDLINE_LINUX="quiet cgroup.memory=nokmem cgroup.memory=nokmem"\n',
    2,
  ],
  ['single quotes: nothing, and 0', "GRUB_CMDLINE_LINUX='quiet'\n", "GRUB_CMDLINE_LINUX='quiet'\n", 1],
  ['no quotes: nothing, and 0', 'GRUB_CMDLINE_LINUX=quiet\n', 'GRUB_CMDLINE_LINUX=quiet\n', 1],
  ['a comment is edited too', '#GRUB_CMDLINE_LINUX="x"\n', '#GRUB_CMDLINE_LINUX="x cgroup.memory=nokmem"\n', 1],
])('%s', (_, before, after, times) => {
  expect(edited(before, times)).toBe(after);
});
