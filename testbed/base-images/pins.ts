import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import type { Evidence } from '../../src/evidence/evidence.ts';
import { titleOf } from '../../src/images/node-images.ts';
import { holdsIn } from '../../src/images/pins/edited-holds.ts';
import type { CommandResult } from '../../test/end-to-end/operator.ts';
import { waitUntil } from '../../test/end-to-end/wait-until.ts';
import daemonSet from '../../src/images/pins/daemon-set-fields.json' with { type: 'json' };
import { forgedHoldsSuite } from './forged-holds.ts';
import { bundleOf, imagesOf, nodes, proxy, type AskedNodes } from './asked-nodes.ts';

/** Evidence, as the API of a later release would have it: with fields in a DaemonSet's spec that nobody has set. */
function filledIn(evidence: Evidence): string {
  const [hold = ''] = imageHoldsOf(evidence);
  const later = hold
    .replace('"dnsPolicy":', '"cgroupPolicy":"Shared","dnsPolicy":')
    .replaceAll('"imagePullPolicy":', '"swapPolicy":{"mode":"None"},"imagePullPolicy":')
    .replaceAll('"hostPath":{', '"hostPath":{"symlinkPolicy":"Follow",');
  expect(later.length).toBeGreaterThan(hold.length + 100);
  return JSON.stringify(evidence).replace(JSON.stringify(hold).slice(1, -1), () => JSON.stringify(later).slice(1, -1));
}

function imageHoldsOf({ cluster }: Evidence): readonly string[] {
  const holds = cluster.state === 'seen' ? cluster.value.imageHolds : undefined;
  return holds?.state === 'seen' ? holds.value : [];
}

interface Given extends AskedNodes {
  readonly pinned: readonly string[];
  readonly pinning: CommandResult;
  readonly run: string;
  /** What the nodes said of themselves once they were pinned. */
  readonly before: Evidence;
}

/** What nodemend pinned, on each node in the way that its runtime honours: it is told when somebody edits or forges it, and undone. */
export function pinsSuite(given: () => Given): void {
  describe('pins by nodemend', () => {
    const holds = (): Promise<string> =>
      given().testbed.kubectl(
        '-n',
        'kube-system',
        'get',
        'ds,pods',
        '-l',
        'app.kubernetes.io/name=nodemend-image-hold',
        '-o',
        'name',
      );
    const labels = (): Promise<string> =>
      given().testbed.root('containerd2-1', 'ctr -n k8s.io images ls | grep -F -e nodemend.dev || true');

    test('the label where it is honoured, a pod that runs from the image where it is not', async () => {
      const { pinning, before } = given();
      expect(pinning, pinning.stdout + pinning.stderr).toMatchObject({ exitCode: 0 });
      expect((await holds()).split('\n').filter((name) => name !== '')).toEqual([
        expect.stringMatching(/^daemonset.apps\/nodemend-image-hold-/),
        expect.stringMatching(/^pod\/nodemend-image-hold-/),
        expect.stringMatching(/^pod\/nodemend-image-hold-/),
      ]);
      expect(await labels()).toContain(proxy);
      const records = imagesOf(before, 'containerd2-1').images.find((image) => titleOf(image) === proxy);
      expect(records?.pins.map(({ name }) => name).toSorted()).toEqual(records?.names.map(({ name }) => name));
    });

    test.concurrent.each(nodes)('what is held on %s is its own program and nothing else', async (node) => {
      const { testbed } = given();
      const pod = `own-${node}`;
      // Perhaps it is under pressure still.
      const spec = { nodeName: node, terminationGracePeriodSeconds: 0, priorityClassName: 'system-node-critical' };
      const overrides = JSON.stringify({ spec });
      const run = ['-n', 'kube-system', 'run', pod, `--image=${proxy}`, '--image-pull-policy=Never', '--restart=Never'];
      await testbed.kubectl(...run, `--overrides=${overrides}`);
      const phase = (): Promise<string> =>
        testbed.kubectl('-n', 'kube-system', 'get', 'pod', pod, '-o', 'jsonpath={.status.phase}');
      await expect.poll(phase, { timeout: 60_000, interval: 300 }).toBe('Succeeded');
      expect(await testbed.kubectl('-n', 'kube-system', 'logs', pod)).toBe('it runs\n');
      await testbed.kubectl('-n', 'kube-system', 'delete', 'pod', pod, '--wait=false');
      if (node === 'docker-1') return;
      const mount = `ctr -n k8s.io images mount ${proxy} /mnt >/dev/null`;
      const files = `${mount} && find /mnt ! -type d && ctr -n k8s.io images unmount --rm /mnt >/dev/null`;
      expect(await testbed.root(node, files)).toBe('/mnt/echo\n');
    });

    test('a second pin has nothing to do, and all of it is as the run left it', async () => {
      const { operator, pinned, run } = given();
      expect(await operator.nodemend('images', 'pin', ...pinned, '--yes')).toMatchObject({ exitCode: 0 });
      expect(operator.runs().at(-1)).toBe(run);
      expect(await operator.nodemend('verify', run)).toMatchObject({ exitCode: 0 });
    });

    test('a DaemonSet that somebody edits is told and held beside, and a healthy one is silent', async () => {
      const { testbed, operator, pinned, run, before } = given();
      const holdOf = async (): Promise<string> => (await holds()).split('\n')[0] ?? '';
      const edited = await holdOf();
      const patch = (change: string): Promise<string> =>
        testbed.kubectl('-n', 'kube-system', 'patch', edited, '--type=json', `--patch=[${change}]`);
      await testbed.kubectl('-n', 'kube-system', 'rollout', 'restart', edited);
      await testbed.kubectl('-n', 'kube-system', 'label', edited, 'argocd.argoproj.io/instance=addons');
      const restarted = await bundleOf(given(), 'restarted');
      const path = '/spec/template/spec/nodeSelector';
      await patch(`{"op":"add","path":"${path}","value":{"nobody":"has-it"}}`);
      const diagnosed = await operator.nodemend('diagnose', '--only', 'base-images', '-o', 'json');
      const again = await operator.nodemend('images', 'pin', '--yes');
      const [copy] = operator.runs().slice(-1);
      const both = (await holds()).split('\n').filter((name) => name.startsWith('daemonset'));
      const undone = await operator.nodemend('undo', copy ?? '', '--yes');
      const left = (await holds()).split('\n').filter((name) => name.startsWith('daemonset'));
      interface Judged {
        readonly rule: string;
        readonly facts: { readonly accept?: string };
      }
      const judged = ({ stdout }: { readonly stdout: string }): readonly Judged[] =>
        (JSON.parse(stdout) as { readonly findings: readonly Judged[] }).findings.filter(({ rule }) =>
          rule.startsWith('hold-'),
        );
      const accept = judged(diagnosed)[0]?.facts.accept ?? '';
      await testbed.kubectl('-n', 'kube-system', 'annotate', edited, accept);
      const accepted = await operator.nodemend('diagnose', '--only', 'base-images', '-o', 'json');
      await patch(`{"op":"remove","path":"${path}"}`);

      // As a server of a later release fills in what today's API does not have.
      const later = join(operator.folder, 'later.json');
      writeFileSync(later, filledIn(restarted));
      const filled = await operator.nodemend('diagnose', '--bundle', later, '--only', 'base-images', '-o', 'json');
      const planned = await operator.nodemend('plan', 'base-images', '--bundle', later, '--remedy', 'pin-images');

      expect(judged(filled), filled.stderr).toEqual([]);
      expect(planned.stdout).not.toContain('nodemend-image-hold');
      expect(holdsIn(before)).toMatchObject({ state: 'seen', value: { found: [{}], edited: [] } });
      expect(holdsIn(restarted)).toMatchObject({ state: 'seen', value: { found: [{}], edited: [] } });
      expect(judged(diagnosed)).toMatchObject([
        { rule: 'hold-edited', status: 'warn', facts: { images: pinned, fields: ['spec.template.spec.nodeSelector'] } },
      ]);
      expect(again, again.stdout + again.stderr).toMatchObject({ exitCode: 0 });
      expect(copy).not.toBe(run);
      expect(both).toHaveLength(2);
      expect(undone, undone.stdout + undone.stderr).toMatchObject({ exitCode: 0 });
      expect(left).toEqual([edited]);
      expect(judged(accepted)).toMatchObject([{ rule: 'hold-accepted', status: 'pass' }]);
    });

    forgedHoldsSuite(given, async () => (await holds()).split('\n').filter((name) => name.startsWith('daemonset')));

    test('undone, nothing of them is left', async () => {
      await waitUntil(async () => ((await holds()) === '' ? undefined : 'pods that hold images'));
      expect(await labels()).toBe('');
    });
  });

  test('every field of a DaemonSet that this server knows is one that nodemend takes for somebody’s', async () => {
    type Schema = Readonly<Record<string, unknown>>;
    const text = await given().testbed.kubectl('get', '--raw', '/openapi/v3/apis/apps/v1');
    const { components } = JSON.parse(text) as {
      readonly components: { readonly schemas: Readonly<Record<string, Schema>> };
    };
    const names = new Set<string>();
    const left = ['io.k8s.api.apps.v1.DaemonSetSpec'];
    for (const seen = new Set<string>(); left.length > 0;) {
      const name = left.pop() ?? '';
      if (seen.has(name)) continue;
      seen.add(name);
      const { properties = {} } = components.schemas[name] as { readonly properties?: Schema };
      for (const field of Object.keys(properties)) names.add(field);
      for (const [, further = ''] of JSON.stringify(properties).matchAll(/"#\/components\/schemas\/([^"]+)"/gu))
        left.push(further);
    }

    expect(names.size).toBeGreaterThan(200);
    expect([...names].filter((name) => !daemonSet.fields.includes(name))).toEqual([]);
  });
}
