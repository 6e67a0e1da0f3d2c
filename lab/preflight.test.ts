import { expect, test } from 'vitest';
import { chosenLab } from './lab-folder.ts';
import { labUp } from './lab-up.ts';
import { checkMachine } from './preflight.ts';

const daemon = { program: 'false', args: [] };

test('another system than Linux is told so before anything else', async () => {
  await expect(checkMachine({ platform: 'darwin', uid: 501, path: '' })).rejects.toMatchObject({
    code: 'LAB_NEEDS_LINUX',
    params: { platform: 'darwin' },
  });
});

test('every missing program is named, each package once', async () => {
  await expect(checkMachine({ platform: 'linux', uid: 0, path: '/nowhere' })).rejects.toMatchObject({
    code: 'LAB_PROGRAM_MISSING',
    params: {
      programs: expect.stringContaining('unshare, nsenter, setpriv'),
      packages: expect.stringMatching(/^util-linux mount( |$)/),
    },
  });
});

test.each(['', 'Practice', '1lab', 'with space', '../escape', 'x'.repeat(21)])(
  '%j cannot be the name of a lab',
  (name) => {
    expect(() => chosenLab({ name })).toThrow(expect.objectContaining({ code: 'LAB_NAME_INVALID' }));
  },
);

test('a state folder too deep for a socket is refused before anything is made', () => {
  const stateDir = `/tmp/${'deep/'.repeat(20)}lab`;
  expect(() => chosenLab({ stateDir })).toThrow(
    expect.objectContaining({ code: 'LAB_PATH_TOO_LONG', params: { path: `${stateDir}/control.sock` } }),
  );
});

test.each([0, -1, 1.5, 1001, NaN])('%d nodes are no lab', async (nodes) => {
  await expect(labUp({ nodes, daemon, stateDir: '/nowhere' })).rejects.toMatchObject({ code: 'LAB_SIZE_INVALID' });
});
