import fc from 'fast-check';

/**
 * A configuration to try: the main file and what lies in the folder `d` beside it. `@` stands for the scratch folder.
 */
export interface TriedConfiguration {
  readonly main: string;
  readonly files: readonly TriedFile[];
}

export interface TriedFile {
  readonly name: string;
  readonly content: string;
  readonly mode: number;
  readonly uid: number;
}

const names = fc.constantFrom(
  '@/c/*/*-json.log',
  '@/c/*/*.log',
  '@/c/a/*.log',
  '@/c/?/?-json.log',
  '@/c/[ab]/*',
  '@/c/[!a]/*.log',
  '@/c/*/*-json.log*',
  '"@/c/*/*.log"',
  "'@/c/b/b-json.log'",
  '@/c/\\*/*.log',
  '@/c//*/*.log',
  '@/c/./*/*.log',
  '@/none/*.log',
  '@/x.log',
  '"@/with blank/*.log"',
  '@/with\\ blank/y.log',
  '@/c/*/.*.log',
  '@/c/[[:alpha:]]/*.log',
  '@/c/[a',
  '@/c/*',
  '"@/c/a/*.log',
);

const values = ['3', '0', '07', '100k', '100M', '1G', '100m', '100MB', '10 M', '0x10', '', 'abc', '8x'];

const gap = fc.constantFrom(' ', '=', ' = ', '');

const goodLine = fc.constantFrom(
  'daily',
  'weekly',
  'monthly',
  'yearly',
  'hourly',
  'rotate 4',
  'rotate 0',
  'size 10M',
  'maxsize 100M',
  'minsize 1k',
  'minage 2',
  'maxage 30',
  'copytruncate',
  'nocopytruncate',
  'missingok',
  'nomissingok',
  'notifempty',
  'ifempty',
  'compress',
  'delaycompress',
  'dateext',
  'dateformat -%Y%m%d-%s',
  'create 0644 root root',
  'create',
  'nocreate',
  'su root root',
  'extension .log',
  'olddir old',
  'olddir @/old',
  'noolddir',
  'createolddir 0755 root root',
  'sharedscripts',
  'ignoreduplicates',
  'weekly 3',
  'daily missingok',
  '  # a comment',
  '# } {',
  '',
  'postrotate\n  echo hi }\n  endscript',
  'prerotate\n/bin/true\nendscript',
  'compresscmd /bin/xz',
  'compressoptions -9',
  'mail nobody-here',
  'include @/d2',
  'include @/extra',
  'tabooext + .skip',
  'tabooext .only, .these',
  'taboopat + *.x',
);

const oddLine = fc.oneof(
  fc
    .tuple(fc.constantFrom('size', 'maxsize', 'minsize'), gap, fc.constantFrom(...values))
    .map((words) => words.join('')),
  fc
    .tuple(
      fc.constantFrom('rotate', 'start', 'maxage', 'minage', 'weekly'),
      gap,
      fc.constantFrom(...values, '-1', '-5'),
    )
    .map((words) => words.join('')),
  fc.constantFrom(
    'maxsizee 100M',
    'dayly',
    'rotate10',
    'rotate',
    'su root',
    'su',
    'su root root extra',
    'su nosuch-user root',
    'create 0644 nosuch-user root',
    'create 0644 root root extra',
    '%',
    '!',
    '}',
    '{',
    '} daily',
    'daily }',
    'daily\r',
    'size \r',
    'include',
    'include @/not-there',
    'tabooext',
    'olddir',
    'olddir a b',
    'prerotate',
    'endscript',
    '\tdaily\t',
    '  }',
    'compressoptions',
    'compressoptions "a',
    'errors x@y',
    'dateformat',
    'mail',
    '\\',
    '"',
    "'",
    'include = @/extra',
    'size=1M',
    'daily#',
    'daily;',
    '=',
    'compress = 3',
  ),
);

const line = fc.oneof({ weight: 5, arbitrary: goodLine }, { weight: 1, arbitrary: oddLine });
const newline = fc.constantFrom('\n', '\n', '\n', '\n', '\n', '\n', '\n', '\r\n', ' \n', '\n\n');
const opening = fc.constantFrom(
  ' {\n',
  ' {\n',
  ' {\n',
  '\n{\n',
  '{',
  ' { ',
  ' {\r\n',
  '\n# comment with } brace\n{\n',
  ' \n',
  '',
);
const closing = fc.constantFrom('}\n', '}\n', '}\n', '}\n', '}', '  }\n', '} # end\n', '}}\n', '', '\n}\n\n');

const block = fc
  .tuple(
    fc.array(names, { minLength: 1, maxLength: 2 }),
    opening,
    fc.array(fc.tuple(line, newline), { maxLength: 5 }),
    closing,
  )
  .map(([patterns, open, lines, close]) => patterns.join(' ') + open + lines.flat().join('') + close);

const outsideLine = fc.tuple(line, newline).map(([text, end]) => text + end);

const content = fc
  .array(fc.oneof({ weight: 3, arbitrary: block }, { weight: 1, arbitrary: outsideLine }), { maxLength: 3 })
  .map((parts) => parts.join(''));

const file = fc.record({
  name: fc.constantFrom(
    'docker',
    'a',
    'z',
    'Docker',
    '.docker',
    'docker~',
    '.docker~',
    'docker.bak',
    'docker.rpmsave',
    'docker,v',
    'docker.dpkg-tmp',
    'docker.old',
    'docker.skip',
    'docker.only',
    'b.x',
    'docker.disabled',
  ),
  content,
  mode: fc.constantFrom(0o644, 0o644, 0o644, 0o644, 0o600, 0o444, 0o755, 0o664, 0o666, 0o4644),
  uid: fc.constantFrom(0, 0, 0, 0, 0, 0, 1000),
});

export const arbitraryConfiguration: fc.Arbitrary<TriedConfiguration> = fc.record({
  main: fc
    .tuple(fc.array(outsideLine, { maxLength: 3 }), fc.array(outsideLine, { maxLength: 2 }), content)
    .map(([before, after, own]) => `${before.join('')}\ninclude @/d\n${after.join('')}${own}`),
  files: fc.uniqueArray(file, { maxLength: 3, selector: (entry) => entry.name }),
});
