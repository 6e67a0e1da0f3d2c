import { afterEach, describe, expect, test, vi } from 'vitest';
import { debianDefaults, GrubNode, kernels, rootUuid } from '../../test/chroot/grub-node.ts';
import { shells } from '../../test/chroot/tool-root.ts';
import { startProbe, textOf } from '../evidence/probe/testing/run-probe.ts';
import { planArgument } from './argument-edit.ts';
import { parseBootArgument } from './boot-argument.ts';
import { bootState, type BootState } from './boot-state.ts';
import { bootedWith } from './booted-with.ts';

// update-grub starts a program for each word it looks at: a minute, where the processors have other work.
vi.setConfig({ testTimeout: 240_000 });

const nodes: GrubNode[] = [];
afterEach(() => {
  for (const node of nodes.splice(0)) node.remove();
});

/** What the probe reads there, under the node's own shell. */
async function readNode(node: GrubNode): Promise<BootState> {
  const run = await startProbe(['chroot', node.root], ['sh'], [bootState]).done;
  const state = bootState.parse({ text: textOf(run, bootState.key), truncated: false });
  if (state === undefined) throw new Error(textOf(run, bootState.key));
  return state;
}

const nokmem = parseBootArgument('cgroup.memory=nokmem')!;

describe.each(shells)("Debian's own GRUB, read under %s", (shell) => {
  test('is seen with all that it boots, and with what that is made from, to the byte', async () => {
    const node = new GrubNode(shell);
    nodes.push(node);
    node.reset();
    node.put('/etc/default/grub.d/50-cloud.cfg', 'GRUB_CMDLINE_LINUX_DEFAULT="console=ttyS0"');
    node.updateGrub();

    const state = await readNode(node);

    expect(state).toMatchObject({
      firmware: 'bios',
      bootImage: `/boot/vmlinuz-${kernels[1]}`,
      root: `UUID=${rootUuid}`,
      inForce: [],
      updateGrub: 'stock',
      sourcesDropIns: true,
      unread: [],
    });
    expect(state.defaults.map(({ path, text, mode }) => [path, text, mode])).toEqual([
      ['/etc/default/grub', debianDefaults, 0o644],
      ['/etc/default/grub.d/50-cloud.cfg', 'GRUB_CMDLINE_LINUX_DEFAULT="console=ttyS0"', 0o644],
    ]);
    const boot = bootedWith(state);
    expect(boot).toMatchObject({ generator: 'update-grub', config: { path: '/boot/grub/grub.cfg' } });
    const entries = 'refusal' in boot ? [] : boot.entries;
    // The one at the top, and each kernel once more below it, without its recovery mode.
    expect(entries.map(({ arguments: words }) => words.at(-1))).toEqual(Array(3).fill('console=ttyS0'));
    expect(new Set(entries.map(({ kernel }) => kernel))).toEqual(
      new Set(kernels.map((kernel) => `/boot/vmlinuz-${kernel}`)),
    );
    expect(new Set(entries.map(({ madeBy }) => madeBy))).toEqual(new Set(['/etc/grub.d/10_linux']));
  });

  test('gets the argument that was decided on for every kernel, and then has it', async () => {
    const node = new GrubNode(shell);
    nodes.push(node);
    node.reset();
    const planned = planArgument(await readNode(node), nokmem);
    if (planned.outcome !== 'edit') throw new Error(JSON.stringify(planned));
    expect(planned.edit).toMatchObject({ path: '/etc/default/grub.d/99-nodemend.cfg', before: undefined });

    node.put(planned.edit.path, planned.edit.after ?? '');
    // Written, and not generated: that is not an argument of any kernel yet.
    expect(planArgument(await readNode(node), nokmem)).toMatchObject({ outcome: 'edit', edit: { after: undefined } });

    node.updateGrub();
    expect(planArgument(await readNode(node), nokmem)).toEqual({ outcome: 'written' });
  });
});
