import { expect, test } from 'vitest';
import type { ListedNode } from '../../../app/documents/images/document.ts';
import { contextOf } from '../fixtures/sample-context.ts';
import { displayWidth } from '../width.ts';
import { matrixOf } from './matrix.ts';
import { imageParagraphs, nodeKinds } from './paragraphs.ts';

const names = Array.from({ length: 12 }, (_, at) => `registry.example.test/app-${at + 10}:1`);
type Content = ListedNode['images'][number]['content'];

/** 100 nodes; no two have the same of all images. */
const nodes = Array.from({ length: 100 }, (_, node): ListedNode => {
  const contentOf = (image: number): Content => {
    if ((node * 13 + image * 7) % 50 === 0) return 'absent';
    return (node >> (image % 7)) % 2 === 0 ? 'whole' : 'without-layers';
  };
  return {
    name: `worker-${node}`,
    state: 'seen',
    runtime: node < 50 ? 'containerd' : 'docker',
    pins: 'honoured',
    sandbox: { image: null },
    images: names.map((name, image) => ({
      name,
      neededBy: [{ by: 'pod', name: 'kube-system/app' }],
      content: contentOf(image),
    })),
  };
});

test.each([40, 80, 200])('100 nodes that all differ, %i columns wide: each image says which nodes lack it', (width) => {
  const context = contextOf('en', width);
  const matrix = matrixOf({ nodes });
  const paragraphs = imageParagraphs(matrix, context);

  expect(matrix.columns).toHaveLength(100);
  expect(paragraphs).toHaveLength(12);
  expect(Math.max(...paragraphs.flat().map(displayWidth))).toBeLessThanOrEqual(width);
  for (const [image, lines] of paragraphs.entries()) {
    const lacking = nodes.filter((node) => node.images[image]?.content === 'absent').map(({ name }) => name);
    expect(lines.slice(2, 4).map((line) => line.trim())).toEqual([
      expect.stringMatching(/^- +2 nodes$/),
      `worker-[${lacking.map((name) => name.slice('worker-'.length)).join(',')}]`,
    ]);
  }
});

test('what most nodes have is told by their number alone, what most nodes lack by their names', () => {
  const [, lines = []] = imageParagraphs(matrixOf({ nodes: nodes.slice(0, 8) }), contextOf('en', 80));
  const lackingMost = nodes.slice(0, 8).map((node, at): ListedNode => {
    return at === 3
      ? node
      : { ...node, images: node.images.map((image) => ({ ...image, content: 'absent' as const })) };
  });

  expect(lines.join('\n')).toMatchInlineSnapshot(`
    "registry.example.test/app-11:1
      -, kube-system/app
      +    4 nodes
      ~    4 nodes
           worker-[2-3,6-7]"
  `);
  expect(imageParagraphs(matrixOf({ nodes: lackingMost }), contextOf('ko', 80))[1]?.join('\n')).toMatchInlineSnapshot(`
    "registry.example.test/app-11:1
      -, kube-system/app
      -    노드 7개
           worker-[0-2,4-7]
      ~    노드 1개
           worker-3"
  `);
});

test('nodes that could not be listed are named as such', () => {
  const unlisted: ListedNode = { ...nodes[0]!, name: 'gpu-1', state: 'unknown', images: [] };
  const { runtime: _none, ...unknown } = unlisted;
  const matrix = matrixOf({ nodes: [...nodes, unknown] });

  expect(imageParagraphs(matrix, contextOf('en', 80))[0]).toContain('  ?    1 node');
  expect(nodeKinds(matrix, contextOf('en', 80)).map((block) => block.join('\n'))).toMatchInlineSnapshot(`
    [
      "50 nodes, containerd, pins are honored
      worker-[0-49]",
      "50 nodes, docker, pins are honored
      worker-[50-99]",
      "1 node: the images could not be listed
      gpu-1",
    ]
  `);
});
