import fc from 'fast-check';

/**
 * Texts of `/etc/default/grub` as people write them, and as they should not: every way to quote, continued lines,
 * comments, expansions, substitutions, lists.
 */
export function arbitraryDefaults(): fc.Arbitrary<string> {
  return fc.array(statement, { maxLength: 8 }).map((lines) => lines.join(''));
}

const argument = fc.constantFrom(
  'quiet',
  'splash',
  'cgroup.memory=nosocket',
  'cgroup.memory=nokmem',
  'cgroup.memory=nosocket,nokmem',
  'cgroup.memory=nokmemX',
  'console=ttyS0,115200',
  'rd.lvm.lv=a/b',
  '',
);

const blank = fc.constantFrom(' ', '  ', '\t', '');
const inQuotes = fc
  .array(
    fc.tuple(
      blank,
      fc.oneof(argument, fc.constantFrom('$GRUB_CMDLINE_LINUX', '${GRUB_X}', '\\"a b\\"', '\\$t', '\\\n', "it's")),
    ),
    {
      maxLength: 4,
    },
  )
  .map((parts) => parts.flat().join(''));
const inSingle = fc.array(fc.tuple(blank, argument), { maxLength: 4 }).map((parts) => parts.flat().join(''));
const bare = fc
  .array(fc.oneof(argument, fc.constantFrom('\\ ', '\\"', '$GRUB_X', '\\\n', '\\a')), { maxLength: 3 })
  .map((parts) => parts.join(''));
const segment = fc.oneof(
  { weight: 4, arbitrary: inQuotes.map((text) => `"${text}"`) },
  { weight: 2, arbitrary: inSingle.map((text) => `'${text}'`) },
  { weight: 2, arbitrary: bare },
);
const value = fc.oneof(
  { weight: 6, arbitrary: segment },
  { weight: 2, arbitrary: fc.array(segment, { maxLength: 3 }).map((parts) => parts.join('')) },
  { weight: 1, arbitrary: fc.constantFrom('"$(echo a \')\' "b)" )"', '`echo x`', '${GRUB_X:-y}', '$(( 1 + 1 ))', '~') },
);
const name = fc.constantFrom(
  'GRUB_CMDLINE_LINUX',
  'GRUB_CMDLINE_LINUX_DEFAULT',
  'GRUB_X',
  'GRUB_TIMEOUT',
  'GRUB_DISTRIBUTOR',
);
const assignment = fc.tuple(name, value).map(([left, right]) => `${left}=${right}`);
const ending = fc.constantFrom('\n', '\n', '\n', ' # quiet\n', ';', ' ', ' && ', ' || ');
const statement = fc.oneof(
  { weight: 8, arbitrary: fc.tuple(assignment, ending).map((parts) => parts.join('')) },
  {
    weight: 1,
    arbitrary: fc.constantFrom(
      '# a comment "with\' quotes\n',
      '\n',
      'export GRUB_X\n',
      'export GRUB_CMDLINE_LINUX="quiet"\n',
      'if [ -e /nowhere ]; then GRUB_X=1; fi\n',
      '[ -e /nowhere ] && GRUB_CMDLINE_LINUX=never\n',
      ': "${GRUB_X:=assigned}"\n',
      'unset GRUB_CMDLINE_LINUX\n',
      'GRUB_X=`echo \\`echo y\\``\n',
      'GRUB_DISTRIBUTOR=$( . /dev/null; echo ${NAME:-Debian} ) || GRUB_DISTRIBUTOR=`lsb_release -i -s 2> /dev/null || echo Debian`\n',
    ),
  },
);
