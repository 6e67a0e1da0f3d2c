import { describe, expect, it, test } from 'vitest';
import { bootArgumentActionSchema } from '../../actions/boot-argument/boot-argument-schema.ts';
import { rebootActionSchema } from '../../actions/reboot/reboot-schema.ts';
import type { PrintedNode } from '../../grub/testing/printed-state.ts';
import type { Evidence } from '../../evidence/evidence.ts';
import { languages } from '../../locales/language.ts';
import { createTranslator } from '../../locales/translator.ts';
import type { ProblemPlan } from '../problem.ts';
import { diagnose } from './diagnose.ts';
import { inputs, type KernelMemoryInputs } from './inputs.ts';
import { plan } from './plan.ts';
import { kernelMemory } from './problem.ts';
import { centosBoot, fixture, type FixtureNode } from './testing/fixture.ts';

const remedies = new Set(['boot-argument']);
const refusal = {
  reason: 'FailedCreatePodContainer',
  message: 'mkdir /sys/fs/cgroup/memory/kubepods/burstable/podUID: cannot allocate memory',
};
const leaking = fixture({ ids: 22_563, folders: 61 }, [refusal]);

const bootIdIn = ({ nodes: [node] }: Evidence): string | undefined =>
  node?.access.state === 'seen' ? node.access.value.bootId : undefined;

function planOf(evidence: Evidence, given?: KernelMemoryInputs['boot-argument']): ProblemPlan {
  const input = given === undefined ? {} : { inputs: { 'boot-argument': given } };
  return plan({ evidence, findings: diagnose(evidence), remedies, ...input });
}

const prevented = (node: FixtureNode, override?: string): ProblemPlan =>
  planOf(fixture(node, []), { prevent: true, override, argumentOnly: false });

const kinds = ({ actions }: ProblemPlan): readonly string[] => actions.map(({ kind }) => kind);

const reasons = ({ refused }: ProblemPlan): readonly string[] =>
  refused.map(({ key, optional }) => `${key}${optional ? ' optional' : ''}`);

describe('the boot argument and its reboot', () => {
  it('is planned where it is asked for, and says so where it is not', () => {
    const asked = planOf(leaking);
    expect(asked.refused).toEqual([]);
    expect(asked.actions).toMatchObject([
      {
        kind: 'boot-argument',
        generator: 'grub2-mkconfig',
        path: '/etc/default/grub',
        cures: diagnose(leaking).map(({ fingerprint }) => fingerprint),
        why: { key: 'why.boot-argument' },
      },
      {
        kind: 'reboot',
        id: 'reboot:worker-1',
        disrupts: 'reboot',
        bootId: bootIdIn(leaking),
        inForce: [{ argument: 'cgroup.memory=nokmem', present: true }],
        cures: diagnose(leaking).map(({ fingerprint }) => fingerprint),
      },
    ]);
    expect(rebootActionSchema.parse(asked.actions[1])).toEqual(asked.actions[1]);
    expect(bootArgumentActionSchema.parse(asked.actions[0])).toEqual(asked.actions[0]);
    expect(reasons(plan({ evidence: leaking, findings: diagnose(leaking) }))).toEqual(['refused.not-asked']);
  });

  it('is planned without a finding to prevent the trouble, and not without being told to', () => {
    expect(kinds(prevented({}))).toEqual(['boot-argument', 'reboot']);
    expect(planOf(fixture({}, []))).toEqual({ actions: [], refused: [] });
  });

  it.each<[FixtureNode, string]>([
    [{ release: '5.15.0-91-generic', slabinfo: 'empty' }, 'refused.outside-gate.kernel-fixed optional'],
    [{ release: '4.18.0-513.el8.x86_64', version: 2 }, 'refused.outside-gate.cgroup-v2 optional'],
    [{ slabinfo: 'refused' }, 'refused.outside-gate.not-accounted optional'],
    [{ arguments: ['cgroup_disable=memory'] }, 'refused.outside-gate.disabled optional'],
    [{ release: 'my-kernel' }, 'refused.gate-unknown'],
  ])('outside the gate needs a reason, which stays in the plan: %j', (node, refused) => {
    expect(reasons(prevented(node))).toEqual([refused]);
    const [action] = prevented(node, 'the image is cloned to older nodes').actions;
    expect(action?.why).toEqual({ key: 'why.overridden', params: { reason: 'the image is cloned to older nodes' } });
    expect(bootArgumentActionSchema.safeParse(action).success).toBe(true);
  });

  it.each(['3.10.0-957.el7.x86_64', '3.10.0-1062.4.0.el7.x86_64', '4.4.0-210-generic'])(
    'is refused whatever the reason where the kernel ignores it: %s',
    (release) => {
      expect(reasons(prevented({ release }, 'because'))).toEqual(['refused.kernel-ignores']);
    },
  );

  it('a node that has it written needs the reboot alone, and one whose next boot would lose it gets it again', () => {
    const boot = centosBoot(' cgroup.memory=nokmem');
    expect(kinds(planOf(fixture({ ids: 22_563, folders: 61, boot }, [refusal])))).toEqual(['reboot']);
    expect(kinds(planOf(fixture({ boot }, [])))).toEqual(['reboot']);
    expect(kinds(prevented({ boot }))).toEqual(['reboot']);
    const inForce = { ...boot, commandLine: `${boot.commandLine} cgroup.memory=nokmem` };
    expect(prevented({ boot: inForce, arguments: ['cgroup.memory=nokmem'] })).toEqual({ actions: [], refused: [] });
    const commandLine = `${centosBoot().commandLine} cgroup.memory=nokmem`;
    const lost = fixture({ arguments: ['cgroup.memory=nokmem'], boot: { ...centosBoot(), commandLine } }, []);
    expect(kinds(planOf(lost))).toEqual(['boot-argument']);
  });

  it('is planned without the reboot for whoever reboots by other means', () => {
    const only: KernelMemoryInputs['boot-argument'] = { prevent: false, override: undefined, argumentOnly: true };
    expect(kinds(planOf(leaking, only))).toEqual(['boot-argument']);
    const written = fixture({ boot: centosBoot(' cgroup.memory=nokmem') }, []);
    expect(reasons(planOf(written, only))).toEqual(['refused.written']);
  });

  it('NKS users are told what an edited GRUB means for an upgrade', () => {
    const { cluster } = leaking;
    if (cluster.state !== 'seen') throw new Error('no cluster');
    const context = 'nks_practice_01234567-89ab-4def-8123-456789abcdef';
    const evidence: Evidence = { ...leaking, cluster: { ...cluster, value: { ...cluster.value, context } } };
    expect(planOf(evidence).actions[0]?.why.key).toBe('why.boot-argument-nks');
  });

  it('a node without evidence is not passed over', () => {
    expect(reasons(prevented({ unseen: 'unreachable' }))).toEqual(['refused.unseen']);
  });
});

const centos = centosBoot();
const config = centos.files?.['/boot/grub2/grub.cfg'] ?? '';

it.each<[PrintedNode, string]>([
  [{ commandLine: 'initrd=\\initrd root=/dev/vda1' }, 'not-grub'],
  [{ files: {} }, 'no-config'],
  [{ files: { ...centos.files, '/boot/grub/grub.cfg': config } }, 'several-configs'],
  [{ commandLine: 'BOOT_IMAGE=/vmlinuz-2 root=/dev/vda1' }, 'not-the-one-booted'],
  [{ tools: [] }, 'tool-missing'],
  [
    { tools: ['update-grub', 'grub-mkconfig'], updateGrub: 'other', files: { '/boot/grub/grub.cfg': config } },
    'update-grub-is-other',
  ],
  [{ files: { ...centos.files, '/boot/grub2/grub.cfg': config.replace('10_linux', '40_custom') } }, 'made-by-hand'],
  [{ closed: ['/etc/default/grub'] }, 'unread-file'],
  [{ files: { ...centos.files, '/etc/default/grub': 'GRUB_CMDLINE_LINUX="$(cat /x)"\n' } }, 'defaults'],
  [{ files: { ...centos.files, '/etc/default/grub': '# \u0000\nGRUB_CMDLINE_LINUX="a"\n' } }, 'file'],
  [
    {
      tools: ['grubby'],
      files: {
        '/boot/grub2/grub.cfg': 'blscfg\n',
        '/boot/loader/entries/a.conf': `linux /vmlinuz-3.10.0-1160.119.1.el7.x86_64\noptions root=/dev/mapper/centos-root\n`,
        '/boot/loader/entries/b.conf': `linux /vmlinuz-2\noptions root=/dev/mapper/centos-root cgroup.memory=nosocket\n`,
      },
    },
    'entries-differ',
  ],
])('what cannot be done with certainty is refused, in words: %j', (change, why) => {
  const [refused, ...others] = prevented({ boot: { ...centos, ...change } }).refused;

  expect([refused?.key, others]).toEqual([`refused.${why}`, []]);
  for (const language of languages) {
    const { text, has } = createTranslator(language, kernelMemory.texts[language]);
    expect(has(refused?.key ?? '')).toBe(true);
    expect(text(refused?.key ?? '', refused?.params ?? {})).not.toContain('{{');
  }
});

test('every word of the plan is there in both languages', () => {
  const keys = [
    ...['boot-argument', 'boot-argument-nks', 'overridden', 'overridden-nks', 'reboot'].map((key) => `why.${key}`),
    ...['not-asked', 'unseen', 'written', 'kernel-ignores', 'gate-unknown'].map((key) => `refused.${key}`),
    ...['cgroup-v2', 'kernel-fixed', 'disabled', 'not-accounted'].map((key) => `refused.outside-gate.${key}`),
  ];
  for (const language of languages) {
    const { has } = createTranslator(language, kernelMemory.texts[language]);
    expect(keys.filter((key) => !has(key))).toEqual([]);
  }
});

test('a reason is a reason, and is for what it is given for', () => {
  const read = (given: Parameters<(typeof inputs)['boot-argument']['read']>[0]): unknown =>
    inputs['boot-argument'].read(given, 'plan');

  expect(read({ prevent: true, 'override-gate': ' a clone ' })).toMatchObject({ prevent: true, override: 'a clone' });
  for (const given of [{ 'override-gate': 'x' }, { prevent: true, 'override-gate': ' ' }])
    expect(() => read(given)).toThrow(expect.objectContaining({ code: 'USAGE' }));
});
