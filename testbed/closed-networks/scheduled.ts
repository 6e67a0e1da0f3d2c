import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { dirname } from 'node:path';
import { beforeAll, expect, test } from 'vitest';
import { nodemendArguments } from '../../test/end-to-end/operator.ts';
import { fillDisk } from '../on-node.ts';
import { openOperatorMachine, workFolder, type OperatorMachine } from '../operator-machine.ts';
import type { TestbedStatus } from '../testbed-status.ts';
import { nodes, pause, pulledByHand, settings, tool, type ClosedNodes } from './closed-nodes.ts';
import type { TypedPage } from './page.ts';

/** The page's program for those who are to be told. */
const tell = `#!/bin/sh
echo "$NODEMEND_SCHEDULE $NODEMEND_EXIT_CODE $NODEMEND_ERROR" >>${workFolder}/told
cat >>${workFolder}/said
`;

/** This checkout's own nodemend, and the Node that runs it. */
async function copyProgram({ folder }: TestbedStatus, machine: string): Promise<void> {
  const [, main = ''] = nodemendArguments();
  const pack = `tar -chf - -C '${dirname(process.execPath)}' node -C '${dirname(main)}' .`;
  const unpack = 'mkdir -p /opt/nodemend && tar -xf - -C /opt/nodemend';
  const ssh = `ssh -F '${folder.sshConfig}' -o BatchMode=yes ${machine} "sudo sh -c '${unpack}'"`;
  const child = spawn('sh', ['-c', `${pack} | ${ssh}`], { stdio: ['ignore', 'ignore', 'inherit'] });
  expect(await once(child, 'close')).toEqual([0, null]);
}

/**
 * The two schedules of docs/closed-networks.md, as they stand there, on a machine inside the closed network: its systemd
 * runs them with nobody there, and its journal is what is found the next morning.
 */
export function scheduledImagesSuite(given: () => ClosedNodes, page: TypedPage): void {
  const [first, machine, docker] = nodes;
  let operator: OperatorMachine;

  beforeAll(async () => {
    const { testbed, status } = given();
    await copyProgram(status, machine);
    operator = await openOperatorMachine(testbed, machine, {
      'nodemend.yaml': `kubeconfig: ${workFolder}/kubeconfig\n${settings}`,
    });
    await testbed.root(
      machine,
      `cat >/usr/local/bin/page <<'END'\n${tell}END
       printf '#!/bin/sh\\nexec /opt/nodemend/node /opt/nodemend/main.js "$@"\\n' >/usr/local/bin/nodemend
       chmod 755 /usr/local/bin/page /usr/local/bin/nodemend`,
    );
  });

  const lines = (): readonly string[] => page.section('Keep it so');
  const installing = (): readonly string[] => lines().filter((line) => line.startsWith('nodemend schedule install'));

  async function install(words: readonly string[]): Promise<void> {
    const { exitCode, output } = await operator.nodemend(...words.toSpliced(2, 0, '--yes'));
    expect(exitCode, output).toBe(0);
  }

  /** As its timer starts it. @returns what the journal has of it since */
  async function runs(name: string): Promise<string> {
    const text = await operator.run(
      `since=$(journalctl -n 0 --show-cursor | sed -n 's/^-- cursor: //p')
       systemctl start nodemend-${name}.service || :
       journalctl --sync; journalctl --no-pager -o cat -u nodemend-${name} --after-cursor="$since"`,
    );
    return text.replaceAll(/\s+/gu, ' ');
  }

  const told = (): Promise<string> => operator.run(`cat told 2>/dev/null || :`);
  const has = async (node: (typeof nodes)[number], name: string): Promise<boolean> =>
    [...(await given().names(node)).keys()].includes(name);

  test('what nodes have lost comes back, and the next run has nothing to do', async () => {
    for (const line of installing()) await install(page.type(line));
    await Promise.all([given().lose(first, pause), given().lose(docker, tool)]);
    expect(await runs('restore-base-images')).toMatch(
      /nodemend schedule=restore-base-images verdict=done exit=0 run=\S+-base-images-\S+ seconds=\d+ /u,
    );
    expect(await Promise.all([has(first, pause), has(docker, tool)])).toEqual([true, true]);
    expect(await runs('restore-base-images')).toMatch(
      /nodemend schedule=restore-base-images verdict=done exit=0 run=- seconds=\d+ /u,
    );
    expect(await told()).toBe('');
  });

  test('it warns of nodes while their disks still have room', async () => {
    const { status } = given();
    const quiet = await runs('base-images-at-risk');
    await Promise.all([first, docker].map((node) => fillDisk(status, node, '80%')));
    const warned = await runs('base-images-at-risk');
    const korean = await operator.nodemend('diagnose', 'base-images', '--via', 'ssh', '--lang', 'ko');
    await Promise.all([first, docker].map((node) => given().root(node, 'rm -f /var/lib/filler')));

    expect(quiet).toContain('nodemend schedule=base-images-at-risk verdict=done exit=0 ');
    expect(warned).toMatch(
      /nodemend schedule=base-images-at-risk verdict=warnings exit=4 run=- seconds=\d+ on-failure=called /u,
    );
    expect(warned).toMatch(
      /full\. At 85% kubelet starts removing images, and can remove .*registry\.k8s\.io\/pause:3\.6/u,
    );
    expect(await told()).toBe('base-images-at-risk 4 \n');
    expect(await operator.run('cat said')).toContain('kubelet starts removing images');
    expect(korean.exitCode).toBe(4);
    expect(korean.output.replaceAll(/\s+/gu, ' ')).toMatch(
      /85%가 되면 kubelet이 이미지를 삭제하기 시작합니다\. 삭제될 수 있는 기본 이미지: .*registry\.k8s\.io\/pause:3\.6/u,
    );
  });

  test('where more nodes have lost it than was approved, nothing is changed, and somebody is told', async () => {
    const [restoring = ''] = installing();
    const capped = page.type(restoring, { 'restore-base-images': 'capped' });
    await install(capped.toSpliced(capped.indexOf('--'), 0, '--cap', '1'));
    await Promise.all([given().lose(first, pause), given().lose(docker, tool)]);

    expect(await runs('capped')).toMatch(/verdict=refused exit=8 run=- seconds=\d+ error=APPROVAL_EXCEEDED /u);
    expect(await told()).toMatch(/^capped 8 APPROVAL_EXCEEDED$/mu);
    expect(await Promise.all([has(first, pause), has(docker, tool)])).toEqual([false, false]);
    await Promise.all([
      given().root(first, `ctr -n k8s.io images tag localhost/box:1 ${pause}`),
      given().root(docker, pulledByHand(tool, docker)),
    ]);
  });

  test('the next morning: what each run did, and how each schedule stands', async () => {
    const [status, journal = ''] = lines().slice(lines().findIndex((line) => line === 'nodemend schedule status'));
    const { exitCode, output } = await operator.nodemend(...page.type(status));
    page.type(journal);
    const night = (await operator.run(`${journal} --no-pager`)).replaceAll(/\s+/gu, ' ');

    expect(exitCode, output).toBe(3);
    expect(output).toMatch(/^restore-base-images +systemd +ready .* done \(0\)/mu);
    expect(output).toMatch(/^base-images-at-risk +systemd +ready .* warnings \(4\)/mu);
    expect(night).toMatch(
      /schedule=restore-base-images verdict=done .* schedule=base-images-at-risk verdict=warnings/u,
    );
  });
}
