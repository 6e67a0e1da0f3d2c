import { readdirSync, readFileSync, rmSync, statSync } from 'node:fs';
import { afterEach, describe, expect, it } from 'vitest';
import { contextOf, lock, perform } from '../../../test/chroot/file-fixture.ts';
import {
  bootArgumentAction,
  bootStateOf,
  debianDefaults,
  GrubNode,
  kernels,
  rootUuid,
} from '../../../test/chroot/grub-node.ts';
import { isWritten } from '../../grub/argument-edit.ts';
import { parseBootArgument } from '../../grub/boot-argument.ts';
import { bootedWith } from '../../grub/booted-with.ts';
import { argumentOnNode } from '../../problems/kernel-memory/boot-argument/boot-argument-action.ts';
import type { StepResult } from '../action.ts';
import type { BootArgumentAction } from './boot-argument-action.ts';
import { bootArgumentKind } from './boot-argument.ts';

const nodes: GrubNode[] = [];
afterEach(() => {
  for (const node of nodes.splice(0)) node.remove();
});

const dropIn = '/etc/default/grub.d/99-nodemend.cfg';
const config = '/boot/grub/grub.cfg';

async function lockedNode(defaults?: string): Promise<GrubNode> {
  const node = new GrubNode('dash');
  nodes.push(node);
  node.reset(defaults);
  await lock(node);
  return node;
}

const { kind, apply, undo, verify } = bootArgumentKind;
const applied = (node: GrubNode, spec: BootArgumentAction): Promise<readonly string[]> =>
  perform(apply(spec), contextOf(node));
const undone = (node: GrubNode, spec: BootArgumentAction): Promise<readonly string[]> =>
  perform(undo(bootArgumentKind.stored.of(spec)), contextOf(node));

/** The result of the last step that was taken. */
async function lastResult(node: GrubNode, spec: BootArgumentAction): Promise<StepResult | undefined> {
  let last: StepResult | undefined;
  for (const step of apply(spec)) {
    last = await step.perform(contextOf(node));
    if (last.outcome === 'rejected' || last.outcome === 'refused') break;
  }
  return last;
}

function read(node: GrubNode, path: string): string {
  return readFileSync(node.path(path), 'utf8');
}

/** Nothing of a run waits beside what boots, nor beside the defaults. */
function leftovers(node: GrubNode): readonly string[] {
  return ['/boot', '/etc/default'].flatMap((folder) =>
    readdirSync(node.path(folder), { recursive: true })
      .map(String)
      .filter((name) => name.includes('nodemend-')),
  );
}

function nextBootHasIt(node: GrubNode): boolean {
  const boot = bootedWith(bootStateOf(node));
  return !('refusal' in boot) && isWritten(boot, parseBootArgument('cgroup.memory=nokmem')!);
}

describe("the boot-argument action with Debian's own GRUB", () => {
  it('is written, and says that it is not in force until the node was booted with it', async () => {
    const node = await lockedNode();
    const spec = bootArgumentAction(node);
    const mode = statSync(node.path(config)).mode;
    expect(spec.kind).toBe(kind);
    expect(await applied(node, spec)).toEqual(['stage done', 'generate done', 'verify done']);

    expect(nextBootHasIt(node)).toBe(true);
    expect(statSync(node.path(config)).mode).toBe(mode);
    expect(leftovers(node)).toEqual([]);
    const verified = async (): Promise<string | undefined> => (await verify(spec)[0]?.perform(contextOf(node)))?.detail;
    expect(await verified()).toMatch(/^written, not yet in force: needs a reboot \(.* in all of 3 entries of /u);
    node.runs('cgroup.memory=nokmem');
    expect(await verified()).toMatch(/^in force: cgroup\.memory=nokmem in all of 3 entries/u);
    const planned = argumentOnNode(bootStateOf(node), { node: node.name, cures: [], why: { key: '', params: {} } });
    expect(planned).toEqual({ outcome: 'written' });
  });

  it('edits an argument that is there where it stands, and gives the old bytes back', async () => {
    const defaults = debianDefaults.replace('"quiet"', "'quiet cgroup.memory=nosocket' # as the vendor says");
    const node = await lockedNode(defaults);
    const spec = bootArgumentAction(node);
    const before = read(node, config);
    expect(spec.path).toBe('/etc/default/grub');
    expect(await applied(node, spec)).toContain('generate done');
    expect(read(node, '/etc/default/grub')).toBe(defaults.replace('nosocket', 'nosocket,nokmem'));
    expect(read(node, config)).toContain(' cgroup.memory=nosocket,nokmem\n');

    expect(await undone(node, spec)).toEqual(['undo done']);
    expect([read(node, '/etc/default/grub'), read(node, config)]).toEqual([defaults, before]);
  });

  it('makes again what was edited and never generated', async () => {
    const node = await lockedNode();
    const defaults = debianDefaults.replace('LINUX=""', 'LINUX="cgroup.memory=nokmem"');
    node.put('/etc/default/grub', defaults);
    const spec = bootArgumentAction(node);
    expect(spec.from).toEqual(spec.to);
    const before = read(node, config);
    expect(await applied(node, spec)).toEqual(['stage done', 'generate done', 'verify done']);
    expect(nextBootHasIt(node)).toBe(true);

    expect(await undone(node, spec)).toEqual(['undo done']);
    expect([read(node, '/etc/default/grub'), read(node, config)]).toEqual([defaults, before]);
  });

  it('takes the argument alone out of defaults that somebody edited since, and generates again', async () => {
    const node = await lockedNode();
    const spec = bootArgumentAction(node);
    await applied(node, spec);
    const theirs = 'GRUB_TIMEOUT=1\n';
    node.put(dropIn, `${read(node, dropIn)}${theirs}`);

    expect(await undone(node, spec)).toEqual(['undo done']);
    expect(read(node, dropIn)).toContain(theirs);
    expect(read(node, dropIn)).not.toContain('nokmem');
    expect(read(node, config)).not.toContain('nokmem');
    expect(read(node, config)).toContain('set timeout=1');
    expect(leftovers(node)).toEqual([]);
    expect(await undone(node, spec)).toEqual(['undo already']);
  });

  it('says at an undo what the running kernel keeps until a reboot', async () => {
    const node = await lockedNode();
    const spec = bootArgumentAction(node);
    await applied(node, spec);
    const running = read(node, '/proc/cmdline').trimEnd();
    node.put('/proc/cmdline', `${running} cgroup.memory=nokmem\n`);
    const [step] = undo(bootArgumentKind.stored.of(spec));
    const untilReboot = { code: 'ARGUMENT_UNTIL_REBOOT', params: { node: node.name, argument: spec.argument } };
    expect(await step?.perform(contextOf(node))).toMatchObject({ outcome: 'done', untilReboot });
    expect(await step?.perform(contextOf(node))).toMatchObject({ outcome: 'already', untilReboot });

    node.put('/proc/cmdline', `${running}\n`);
    expect(await step?.perform(contextOf(node))).not.toHaveProperty('untilReboot');
  });

  it('keeps a kernel that was installed since: what boots is generated again, and not put back', async () => {
    const node = await lockedNode();
    const spec = bootArgumentAction(node);
    await applied(node, spec);
    node.put('/boot/vmlinuz-6.1.0-31-amd64', 'a newer kernel\n');
    node.updateGrub();
    expect(nextBootHasIt(node)).toBe(true);

    expect(await undone(node, spec)).toEqual(['undo done']);
    expect(read(node, config)).toContain('/boot/vmlinuz-6.1.0-31-amd64 ');
    expect(read(node, config)).not.toContain('nokmem');
    expect(readdirSync(node.path('/etc/default'))).toEqual(['grub']);
  });

  it.each<[string, (node: GrubNode) => void, object]>([
    [
      'fails',
      (node) => node.put('/etc/grub.d/40_custom', '#!/bin/sh\necho "menuentry \'mine {"\n', 0o755),
      {
        code: 'BOOT_CONFIG_NOT_MADE',
        params: { words: expect.stringMatching(/^grub-mkconfig: .*Syntax errors are detected/u) as string },
      },
    ],
    [
      'leaves kernels out and says that all is well',
      (node) => rmSync(node.path('usr/bin/fgrep')),
      { code: 'BOOT_CONFIG_WRONG', params: { context: 'lost', found: 'vmlinuz-6.1.0-25-amd64' } },
    ],
    [
      'does not give the argument to every entry',
      (node) =>
        node.put(
          '/etc/grub.d/41_custom',
          `#!/bin/sh\nprintf "menuentry 'mine' {\\n linux /boot/vmlinuz-${kernels[0]} root=UUID=${rootUuid}\\n}\\n"\n`,
          0o755,
        ),
      { code: 'BOOT_CONFIG_WRONG', params: { context: 'without', found: 'mine' } },
    ],
  ])('is rejected where the generator %s, and the old files are back', async (_, breakIt, said) => {
    const node = await lockedNode();
    const spec = bootArgumentAction(node);
    const before = read(node, config);
    breakIt(node);
    expect(await lastResult(node, spec)).toMatchObject({ outcome: 'rejected', ...said });
    expect(read(node, config)).toBe(before);

    // What the engine does with a node on which a step was rejected.
    expect(await undone(node, spec)).toEqual(['undo done']);
    expect(read(node, config)).toBe(before);
    expect(readdirSync(node.path('/etc/default'))).toEqual(['grub']);
    expect(leftovers(node)).toEqual([]);
  });

  it.each<[string, (node: GrubNode) => void, string]>([
    [
      'another file of the defaults',
      (node) => node.put('/etc/default/grub.d/zz.cfg', 'X=1\n'),
      'FILE_CHANGED_SINCE_PLAN',
    ],
    ['another configuration', (node) => node.put(config, 'menuentry x {\n}\n'), 'FILE_CHANGED_SINCE_PLAN'],
    [
      'a configuration that is a link',
      (node) => void node.outside('sh', '-c', 'mv "$1" "$1.real"; ln -s grub.cfg.real "$1"', 'sh', node.path(config)),
      'FILE_NOT_REPLACEABLE',
    ],
    [
      'a folder that others can write to',
      (node) => void node.outside('chmod', '0777', node.path('/boot/grub')),
      'FOLDER_UNSAFE',
    ],
  ])('is refused for %s since the plan', async (_, change, code) => {
    const node = await lockedNode();
    const spec = bootArgumentAction(node);
    change(node);
    expect(await applied(node, spec)).toEqual([`stage refused ${code}`]);
    expect(await undone(node, spec)).toEqual(['undo already']);
    expect(leftovers(node)).toEqual([]);
  });
});

describe('entries of the Boot Loader Specification, with a stand-in for grubby', () => {
  it('is rejected where grubby changes nothing and exits with 0, and restores what it half did', async () => {
    const node = new GrubNode('dash');
    nodes.push(node);
    node.resetEnterprise();
    await lock(node);
    const spec = bootArgumentAction(node);
    const [entry = ''] = readdirSync(node.path('/boot/loader/entries')).toSorted();
    const half = `sed -i 's/^options .*/& cgroup.memory=nokmem/' /boot/loader/entries/${entry}\n`;
    node.put('usr/bin/grubby', `#!/bin/sh\n${half}`, 0o755);
    const before = read(node, `/boot/loader/entries/${entry}`);

    expect(await lastResult(node, spec)).toMatchObject({
      outcome: 'rejected',
      code: 'BOOT_CONFIG_WRONG',
      params: { context: 'without' },
    });
    expect(await undone(node, spec)).toEqual(['undo done']);
    expect(read(node, `/boot/loader/entries/${entry}`)).toBe(before);
    expect(read(node, '/etc/default/grub')).not.toContain('nokmem');
  });
});
