import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { imageHold, nameOfHold, type ImageHold } from '../../src/images/pins/image-hold.ts';
import type { CommandResult } from '../../test/end-to-end/operator.ts';
import type { AskedNodes } from './asked-nodes.ts';

interface Given extends AskedNodes {
  /** That pinned images, a part of them by a DaemonSet. */
  readonly run: string;
}

const escape = '\u001b[2J\u001b]0;owned\u0007';
const program = { program: '/usr/bin/sleep', libraries: [] };
const some: ImageHold = { images: ['a.test/forged:1'], nodes: ['containerd-1'], program };
/** What nobody needs, by names that no terminal should see. */
const unsaid: ImageHold = { ...some, images: [`a.test/${escape}:1`, `a.test/${'x'.repeat(90_000)}:1`] };

interface Forged {
  readonly name: string;
  readonly namespace?: string;
  /** As nodemend would make it, but for the nodes: there is none that any of these have a pod on. */
  readonly hold: ImageHold;
}

const forged: readonly Forged[] = [
  { name: nameOfHold(unsaid), hold: unsaid },
  { name: 'nodemend-image-hold-0123456789', hold: some },
  { name: 'nodemend-image-hold-of-somebody', hold: some },
  // By everybody who has a namespace of their own.
  { name: nameOfHold(some), namespace: 'default', hold: some },
];

/** As kubectl takes it: with the run on it of somebody else, and nodes that no API server would take elsewhere. */
function objectOf({ name, namespace = 'kube-system', hold }: Forged, run: string): string {
  const madeFor = JSON.stringify({ ...hold, nodes: [escape, ...hold.nodes] });
  const theirs = escape.repeat(1_000);
  const object = JSON.parse(JSON.stringify(imageHold(hold)).replaceAll(nameOfHold(hold), name)) as {
    metadata: { namespace: string; annotations: Record<string, string> };
    spec: { template: { spec: Record<string, unknown> } };
  };
  object.metadata.namespace = namespace;
  object.metadata.annotations = { 'nodemend.dev/image-hold-made-for': madeFor, 'nodemend.dev/run': run, theirs };
  object.spec.template.spec['nodeSelector'] = { nobody: 'has-it' };
  return JSON.stringify(object);
}

/**
 * DaemonSets that somebody has made who may write where nodemend's are: neither believed by their names and by what they say,
 * nor removed. The last test undoes the run: of the real one nothing is left, and of theirs everything.
 */
export function forgedHoldsSuite(given: () => Given, left: () => Promise<readonly string[]>): void {
  const kubectl = (...words: readonly string[]): Promise<string> => given().testbed.kubectl(...words);
  /** Tells a terminal nothing, and comes to an end by itself. */
  const told = async (...words: readonly string[]): Promise<CommandResult & { readonly text: string }> => {
    const result = await given().operator.nodemend(...words);
    const text = result.stdout + result.stderr;
    expect(text).not.toMatch(/[^\P{Cc}\n\t]/u);
    expect(text).not.toMatch(/INTERNAL|TypeError|RangeError|\n {4}at /u);
    return { ...result, text };
  };

  test('what somebody forges is told, not believed, and keeps no run from being undone', async () => {
    const { operator, run } = given();
    const [own = ''] = await left();
    const file = join(operator.folder, 'forged.json');
    onTestFinished(async () => {
      for (const { name, namespace = 'kube-system' } of forged)
        await kubectl('-n', namespace, 'delete', 'daemonset', name, '--ignore-not-found', '--wait=false');
    });
    for (const one of forged) {
      writeFileSync(file, objectOf(one, run));
      await kubectl('create', '-f', file);
    }

    const diagnosed = await told('diagnose', '--only', 'base-images', '-o', 'json');
    const table = await told('diagnose', '--only', 'base-images');
    const listed = await told('images', 'list');
    const planned = await told('plan', 'base-images', '--remedy', 'pin-images,unpin-images');
    const { findings } = JSON.parse(diagnosed.stdout) as {
      readonly findings: readonly { readonly rule: string; readonly subject: Readonly<Record<string, string>> }[];
    };
    const judged = findings.filter(({ rule }) => rule.startsWith('hold-'));
    expect(judged.map(({ rule, subject: { name, namespace } }) => `${rule} ${namespace} ${name}`).toSorted()).toEqual(
      forged
        .slice(0, 2)
        .map(({ name }) => `hold-edited kube-system DaemonSet/${name}`)
        .toSorted(),
    );
    expect([3, 4]).toContain(table.exitCode);
    expect(table.text.length).toBeLessThan(20_000);
    expect(listed.text).not.toContain('forged');
    for (const { name } of forged) expect(planned.text).not.toMatch(new RegExp(`^[A-Z]{4,} .*${name}`, 'mu'));

    // Whose run it is is not said by who says so.
    const annotate = (by: string): Promise<string> =>
      kubectl('-n', 'kube-system', 'annotate', '--overwrite', own, `nodemend.dev/run=${by}`);
    await annotate('20260101-0000-of-another');
    expect((await told('undo', run, '--yes')).text).toMatch(/\[OBJECT_CHANGED_SINCE_RUN\]/u);
    await annotate(run);
    expect(await told('undo', run, '--yes')).toMatchObject({ exitCode: 0 });
    expect(await left()).toEqual(
      expect.arrayContaining(forged.slice(0, 3).map(({ name }) => `daemonset.apps/${name}`)),
    );
    expect(await left()).not.toContain(own);
  });
}
