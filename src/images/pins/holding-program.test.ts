import fc from 'fast-check';
import { expect, test } from 'vitest';
import { holdingProgram, type HoldingProgram } from './holding-program.ts';

const read = (text: string): HoldingProgram | 'none' | undefined => holdingProgram.parse({ text, truncated: false });

// As ldd of each says it, taken apart by holding-program.sh.
test.each<[string, string, HoldingProgram]>([
  [
    'Debian 12',
    'program /usr/bin/sleep\nlibrary libc.so.6 /lib/x86_64-linux-gnu/libc.so.6\nloader /lib64/ld-linux-x86-64.so.2\n',
    {
      program: '/usr/bin/sleep',
      loader: '/lib64/ld-linux-x86-64.so.2',
      libraries: [{ name: 'libc.so.6', path: '/lib/x86_64-linux-gnu/libc.so.6' }],
    },
  ],
  [
    'Rocky 9',
    'program /usr/bin/sleep\nlibrary libc.so.6 /lib64/libc.so.6\nloader /lib64/ld-linux-x86-64.so.2\n',
    {
      program: '/usr/bin/sleep',
      loader: '/lib64/ld-linux-x86-64.so.2',
      libraries: [{ name: 'libc.so.6', path: '/lib64/libc.so.6' }],
    },
  ],
  [
    'Debian on arm64',
    'program /usr/bin/sleep\nlibrary libc.so.6 /lib/aarch64-linux-gnu/libc.so.6\nloader /lib/ld-linux-aarch64.so.1\n',
    {
      program: '/usr/bin/sleep',
      loader: '/lib/ld-linux-aarch64.so.1',
      libraries: [{ name: 'libc.so.6', path: '/lib/aarch64-linux-gnu/libc.so.6' }],
    },
  ],
  [
    'Alpine, whose loader is the library',
    'program /bin/sleep\nloader /lib/ld-musl-x86_64.so.1\nlibrary libc.musl-x86_64.so.1 /lib/ld-musl-x86_64.so.1\n',
    { program: '/bin/sleep', loader: '/lib/ld-musl-x86_64.so.1', libraries: [] },
  ],
  ['a static one', 'program /bin/sleep\nstatic\n', { program: '/bin/sleep', libraries: [] }],
])('%s', (_name, text, program) => {
  expect(read(text)).toEqual(program);
});

test.each([
  'none no-program\n',
  'none not-elf\n',
  'program /bin/sleep\nnone not-found libx.so.1\n',
  'refused writable /usr/bin/sleep\n',
  'program /bin/sleep\nrefused owner /opt/lib/libc.so.6\n',
  // Places that are not the distribution's.
  'program /home/me/sleep\nstatic\n',
  'program /bin/../home/sleep\nstatic\n',
  'program /bin/sleep\nloader /tmp/ld-linux.so.2\n',
  'program /bin/sleep\nloader /lib64/ld-linux-x86-64.so.2\nlibrary libx.so /var/tmp/libx.so\n',
])('%j: nothing that a container could run', (text) => {
  expect(read(text)).toBe('none');
});

test.each(['', 'program /bin/sleep\n', 'loader /lib64/ld-linux-x86-64.so.2\n', 'program\n', 'sleep\nstatic\n'])(
  '%j is not what the probe prints',
  (text) => {
    expect(read(text)).toBeUndefined();
  },
);

test('any text is read without an error, and nothing outside the distribution’s folders comes of it', () => {
  const line = fc.oneof(
    fc
      .tuple(fc.constantFrom('program', 'loader', 'library a', 'refused x', 'none'), fc.string())
      .map((it) => it.join(' ')),
    fc.string(),
  );
  fc.assert(
    fc.property(fc.array(line), (lines) => {
      const found = read(`${lines.join('\n')}\n`);
      if (found !== undefined && found !== 'none') expect(found.program).toMatch(/^\/(usr\/)?bin\/[a-z0-9-]+$/);
    }),
  );
});
