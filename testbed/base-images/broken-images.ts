import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, describe, expect, test } from 'vitest';
import type { Evidence } from '../../src/evidence/evidence.ts';
import { sandboxSetting } from '../../src/runtimes/containerd/sandbox-setting.ts';
import { reportedRuntime } from '../../src/runtimes/reported-runtime.ts';
import makeImage from '../make-image.sh?raw';
import removeContent from '../remove-content.sh?raw';
import { bundleOf, imagesOf, nodes, runtimes, type AskedNodes, type Node } from './asked-nodes.ts';

function absentIn(json: string): readonly unknown[] {
  const { findings } = JSON.parse(json) as {
    readonly findings: readonly {
      readonly rule: string;
      readonly subject: { readonly name?: string };
      readonly facts?: { readonly images?: readonly { readonly name: string }[] };
    }[];
  };
  return findings
    .filter(({ rule }) => rule === 'base-image-absent')
    .map(({ subject, facts }) => [subject.name, facts?.images?.map(({ name }) => name)]);
}

interface Given extends AskedNodes {
  /** What the nodes said of themselves before anything was done to them. */
  readonly before: Evidence;
}

/** Images of which ctr has removed a part, what configuration and defaults name: what is said of them, and what containerd says. */
export function brokenImagesSuite(given: () => Given): void {
  describe('what is said of images', () => {
    const both = ['containerd-1', 'containerd2-1'] as const;
    const [whole, layer, gone, config] = ['a.test/whole:1', 'a.test/layer:1', 'a.test/gone:1', 'a.test/config:1'];
    let looked: Evidence;
    beforeAll(async () => {
      await Promise.all(both.map(damage));
      looked = await bundleOf(given(), 'broken');
    });

    /** By ctr: a layer; a layer and what was unpacked of it; a configuration. */
    async function damage(node: Node): Promise<void> {
      await given().testbed.root(
        node,
        `set -- ${runtimes[node]} 100 ${whole} ${layer} ${gone} ${config}\n${makeImage}`,
      );
      const blobOf = (name: string, part: string): string =>
        `"$(ctr -n k8s.io content get "$(ctr -n k8s.io images ls "name==${name}" | awk 'NR == 2 { print $3 }')" | ` +
        `sed 's/.*"${part}":[^]}]*"digest":"\\([^"]*\\)".*/\\1/')"`;
      await given().testbed.root(
        node,
        `set -- /var/lib/containerd ${blobOf(layer, 'layers')} ${blobOf(config, 'config')} ${blobOf(gone, 'layers')}
         ${removeContent}
         ctr -n k8s.io snapshots rm "$3"`,
      );
    }

    test.each(both)('is what ctr’s own check says on %s', async (node) => {
      const ours = new Map(
        imagesOf(looked, node).images.flatMap(({ names }) =>
          names.map(({ name, content }) => [name, content] as const),
        ),
      );
      const said = await given().testbed.root(node, 'ctr -n k8s.io images check 2>/dev/null | tail -n +2');
      const theirs = said.split('\n').map((line) => line.trim().split(/ +/));

      expect([whole, layer, gone, config].map((name) => ours.get(name))).toEqual([
        'whole',
        'without-layers',
        'half',
        'half',
      ]);
      for (const [name = '', , , status = '', ...rest] of theirs.filter(([first]) => first !== '')) {
        expect(`${name} ${status === 'complete'}`).toBe(`${name} ${ours.get(name) === 'whole'}`);
        if (ours.get(name) === 'without-layers') expect(`${name} ${rest.at(-1)}`).toBe(`${name} true`);
      }
    });

    test.each(both)('its default sandbox image is the one that containerd says on %s', async (node) => {
      const evidence = given().before.nodes.find(({ name }) => name === node);
      const { version = '' } = (evidence && reportedRuntime(evidence)) ?? {};
      const said = await given().testbed.root(node, 'containerd config default 2>/dev/null');
      const [, image] = /^ *sandbox(?:_image)? = ["'](.+)["']$/m.exec(said) ?? [];

      expect(sandboxSetting([], version)).toEqual({ state: 'known', image, file: undefined });
    });
  });

  test('an image that the configuration names is looked for on every node', async () => {
    const { testbed, operator } = given();
    const { folder } = await testbed.status();
    const own = join(operator.folder, 'nodemend.yaml');
    writeFileSync(own, `${readFileSync(folder.configuration, 'utf8')}\nneededImages: ['a.test/own:1']\n`);
    const { stdout } = await operator.nodemend('diagnose', '--only', 'base-images', '-o', 'json', '--config', own);

    expect(absentIn(stdout)).toEqual(nodes.map((node) => [node, ['a.test/own:1']]));
  });
}
