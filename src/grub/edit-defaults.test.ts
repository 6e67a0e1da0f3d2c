import { execFileSync } from 'node:child_process';
import fc from 'fast-check';
import { expect, it } from 'vitest';
import { parseBootArgument, type BootArgument } from './boot-argument.ts';
import { editDefaults, type EditOutcome } from './edit-defaults.ts';
import { commandLines, readDefaults, textOfValue, type GrubFile } from './read-defaults.ts';
import { arbitraryDefaults } from './testing/arbitrary-defaults.ts';

function argument(text: string): BootArgument {
  const parsed = parseBootArgument(text);
  if (!parsed) throw new Error(`${text} is no argument`);
  return parsed;
}

const nokmem = argument('cgroup.memory=nokmem');

function edit(
  texts: string | readonly string[],
  operation: 'add' | 'remove' = 'add',
  which: BootArgument = nokmem,
): EditOutcome {
  const files = [texts].flat().map((text, index) => ({ path: `file-${index}`, text }));
  return editDefaults(files, 0, { operation, argument: which });
}

function textAfter(outcome: EditOutcome): string | undefined {
  return 'outcome' in outcome && outcome.outcome === 'changed' ? outcome.text : undefined;
}

it.each([
  ['GRUB_CMDLINE_LINUX=""\n', 'GRUB_CMDLINE_LINUX="cgroup.memory=nokmem"\n'],
  ["GRUB_CMDLINE_LINUX='a  b'\n", "GRUB_CMDLINE_LINUX='a  b cgroup.memory=nokmem'\n"],
  ['GRUB_CMDLINE_LINUX=\n', 'GRUB_CMDLINE_LINUX=cgroup.memory=nokmem\n'],
  ['GRUB_CMDLINE_LINUX=quiet # why\n', 'GRUB_CMDLINE_LINUX="quiet cgroup.memory=nokmem" # why\n'],
  ['GRUB_CMDLINE_LINUX=a\\ b\n', 'GRUB_CMDLINE_LINUX=a\\ b" cgroup.memory=nokmem"\n'],
  ['GRUB_CMDLINE_LINUX="a \\\n  b"\n', 'GRUB_CMDLINE_LINUX="a \\\n  b cgroup.memory=nokmem"\n'],
  ['GRUB_CMDLINE_LINUX="cgroup.memory=nosocket quiet"\n', 'GRUB_CMDLINE_LINUX="cgroup.memory=nosocket,nokmem quiet"\n'],
  [
    'GRUB_CMDLINE_LINUX=""\nGRUB_CMDLINE_LINUX_DEFAULT="cgroup.memory=nosocket"\n',
    'GRUB_CMDLINE_LINUX=""\nGRUB_CMDLINE_LINUX_DEFAULT="cgroup.memory=nosocket,nokmem"\n',
  ],
  ['GRUB_TIMEOUT=5', 'GRUB_TIMEOUT=5\nGRUB_CMDLINE_LINUX="cgroup.memory=nokmem"\n'],
  [
    '#GRUB_CMDLINE_LINUX="cgroup.memory=nokmem"\nGRUB_TIMEOUT=1\n',
    '#GRUB_CMDLINE_LINUX="cgroup.memory=nokmem"\nGRUB_TIMEOUT=1\nGRUB_CMDLINE_LINUX="cgroup.memory=nokmem"\n',
  ],
  [
    'GRUB_CMDLINE_LINUX=a\nGRUB_CMDLINE_LINUX=b\n',
    'GRUB_CMDLINE_LINUX=a\nGRUB_CMDLINE_LINUX="b cgroup.memory=nokmem"\n',
  ],
  [
    'GRUB_CMDLINE_LINUX=a\nGRUB_CMDLINE_LINUX+=" b"\n',
    'GRUB_CMDLINE_LINUX=a\nGRUB_CMDLINE_LINUX+=" b cgroup.memory=nokmem"\n',
  ],
  // Another argument that begins alike.
  ['GRUB_CMDLINE_LINUX="xcgroup.memory=nokmem"\n', 'GRUB_CMDLINE_LINUX="xcgroup.memory=nokmem cgroup.memory=nokmem"\n'],
])('adds the argument to %j where it belongs', (before, after) => {
  expect(textAfter(edit(before))).toBe(after);
});

it.each([
  'GRUB_CMDLINE_LINUX="cgroup.memory=nokmem"\n',
  'GRUB_CMDLINE_LINUX_DEFAULT="quiet cgroup.memory=nosocket,nokmem"\n',
  'GRUB_EXTRA="cgroup.memory=nokmem"\nGRUB_CMDLINE_LINUX="quiet $GRUB_EXTRA"\n',
])('leaves %j alone: the kernel gets the argument already', (text) => {
  expect(edit(text)).toMatchObject({ outcome: 'unchanged' });
});

it.each([
  ['foo: bar\n', 'notGrubDefaults'],
  ['menuentry "Linux" {\n linux /vmlinuz\n}\n', 'notGrubDefaults'],
  ['GRUB_CMDLINE_LINUX="quiet\n', 'unterminatedQuote'],
  ['GRUB_DISTRIBUTOR=$(lsb_release\n', 'unterminatedSubstitution'],
  ['GRUB_CMDLINE_LINUX=""\r\n', 'carriageReturn'],
  ['GRUB_CMDLINE_LINUX="{{ kernel_arguments }}"\n', 'template'],
  ['{% if x %}\nGRUB_CMDLINE_LINUX=""\n{% endif %}\n', 'template'],
  ['. /etc/default/more\nGRUB_CMDLINE_LINUX=""\n', 'command'],
  ['set_arguments\nGRUB_CMDLINE_LINUX=""\n', 'command'],
  ['for x in a b; do GRUB_CMDLINE_LINUX="$x"; done\n', 'notGrubDefaults'],
  ['GRUB_X=1\nfor x in a b; do GRUB_CMDLINE_LINUX="$x"; done\n', 'structure'],
  ['GRUB_X=${GRUB_CMDLINE_LINUX:=a}\n', 'assigningExpansion'],
  ['GRUB_CMDLINE_LINUX="$(cat /etc/arguments)"\n', 'commandSubstitution'],
  ['GRUB_CMDLINE_LINUX_DEFAULT=`cat /etc/arguments`\n', 'commandSubstitution'],
  ['GRUB_CMDLINE_LINUX="$ARGUMENTS"\n', 'expansion'],
  ['[ -e /x ] && GRUB_CMDLINE_LINUX=a\n', 'notGrubDefaults'],
  ['GRUB_X=1\n[ -e /x ] && GRUB_CMDLINE_LINUX=a\n', 'conditional'],
  ['GRUB_CMDLINE_LINUX="quiet; reboot"\n', 'grubSyntax'],
  ['GRUB_CMDLINE_LINUX="\\"cgroup.memory=nokmem\\""\n', 'notVerbatim'],
  ['GRUB_CMDLINE_LINUX="quiet -- single"\n', 'initArguments'],
])('refuses %j: %s', (text, refusal) => {
  expect(edit(text)).toMatchObject({ refusal });
});

it('takes a second value of an argument that has one for a decision of a person', () => {
  expect(edit('GRUB_CMDLINE_LINUX="panic=5"\n', 'add', argument('panic=10'))).toMatchObject({
    refusal: 'otherValue',
    line: 1,
  });
});

it('sees the files that are read behind it', () => {
  const text = 'GRUB_CMDLINE_LINUX=""\n';
  expect(edit([text, 'GRUB_CMDLINE_LINUX="console=ttyS0"\n'])).toMatchObject({ refusal: 'overridden', file: 'file-1' });
  expect(textAfter(edit([text, 'GRUB_CMDLINE_LINUX="$GRUB_CMDLINE_LINUX console=ttyS0"\n']))).toBeDefined();
  // Ubuntu's cloud images: what is in _DEFAULT of the first file is lost, GRUB_CMDLINE_LINUX is not.
  const cloud = ['GRUB_CMDLINE_LINUX_DEFAULT="cgroup.memory=nokmem"\n', 'GRUB_CMDLINE_LINUX_DEFAULT="console=tty1"\n'];
  expect(textAfter(edit(cloud))).toContain('GRUB_CMDLINE_LINUX="cgroup.memory=nokmem"');
  expect(edit([text, 'GRUB_CMDLINE_LINUX_DEFAULT="cgroup.memory=nosocket"\n'])).toMatchObject({
    refusal: 'standsElsewhere',
    file: 'file-1',
  });
});

it('takes an argument away wherever it stands, and nothing else', () => {
  const text =
    'GRUB_CMDLINE_LINUX="a cgroup.memory=nosocket,nokmem b"\nGRUB_CMDLINE_LINUX_DEFAULT=cgroup.memory=nokmem\n';
  expect(textAfter(edit(text, 'remove'))).toBe(
    'GRUB_CMDLINE_LINUX="a cgroup.memory=nosocket b"\nGRUB_CMDLINE_LINUX_DEFAULT=\n',
  );
  expect(edit('GRUB_CMDLINE_LINUX="cgroup.memory=nokmemX"\n', 'remove')).toMatchObject({ outcome: 'unchanged' });
});

/** What a real shell has in both variables after it has sourced each text; undefined where it fails. */
function askShell(texts: readonly string[]): readonly (readonly string[] | undefined)[] {
  const values = commandLines.map((name) => `"$${name}"`).join(' ');
  // A text with a syntax error ends its own subshell before anything is printed.
  const script = texts.map((_, index) => `( eval "\${${index + 1}}" >/dev/null; printf '%s\\0' ${index} ${values} )`);
  const said = execFileSync('sh', ['-c', [...script, 'exit 0'].join('\n'), 'sh', ...texts], {
    env: { PATH: process.env['PATH'] ?? '' },
    encoding: 'latin1',
    stdio: ['ignore', 'pipe', 'ignore'],
  }).split('\0');
  const byText = new Map<number, readonly string[]>();
  for (let at = 0; at + 2 < said.length; at += 3) byText.set(Number(said[at]), said.slice(at + 1, at + 3));
  return texts.map((_, index) => byText.get(index));
}

const oneFile = (text: string): readonly GrubFile[] => [{ path: 'grub', text }];

it('reads every text that it does not refuse as the shell does', () => {
  const texts = fc.sample(arbitraryDefaults(), { numRuns: 600, seed: 14 });
  const asked = askShell(texts);
  let read = 0;
  for (const [index, text] of texts.entries()) {
    const defaults = readDefaults(oneFile(text));
    if ('refusal' in defaults) continue;
    for (const [position, name] of commandLines.entries()) {
      const value = textOfValue(defaults.values[name]);
      if (value === undefined) continue;
      read += 1;
      expect({ text, name, value }).toEqual({ text, name, value: asked[index]?.[position] });
    }
  }
  expect(read).toBeGreaterThan(600);
});

it('changes this argument alone, says unchanged the second time, and what it wrote is read by the shell', () => {
  const texts = fc.sample(arbitraryDefaults(), { numRuns: 600, seed: 15 });
  const changed = texts.flatMap((before) => {
    const after = textAfter(edit(before));
    return after === undefined ? [] : [{ before, after }];
  });
  expect(changed.length).toBeGreaterThan(150);
  const asked = askShell(changed.flatMap(({ before, after }) => [before, after]));
  for (const [index, { before, after }] of changed.entries()) {
    const words = (position: number): readonly string[] => (asked[position] ?? []).join(' ').split(/[ \t]+/u);
    const [old, now] = [words(2 * index), words(2 * index + 1)];
    const isOther = (word: string): boolean => word !== '' && !word.startsWith('cgroup.memory=');
    expect({ before, words: now.filter(isOther) }).toEqual({ before, words: old.filter(isOther) });
    expect(now.some((word) => word.startsWith('cgroup.memory=') && word.slice(14).split(',').includes('nokmem'))).toBe(
      true,
    );
    expect(edit(after)).toMatchObject({ outcome: 'unchanged' });
    const without = edit(after, 'remove');
    expect(without).not.toMatchObject({ outcome: 'unchanged' });
    // One that stands in two kinds of quotes is left to a person.
    if ('refusal' in without) expect(without.refusal).toBe('notVerbatim');
    else expect(edit(textAfter(without) ?? '', 'remove')).toMatchObject({ outcome: 'unchanged' });
  }
});
