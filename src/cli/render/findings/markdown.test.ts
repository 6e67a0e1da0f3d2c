import MarkdownIt from 'markdown-it';
import { describe, expect, test } from 'vitest';
import {
  notLookedAt,
  oneNode,
  textsOf,
  threeHundredNodes,
  uniform,
  unobserved,
} from '../../../app/testing/sample-report.ts';
import { renderFindingsMarkdown } from './markdown.ts';
import type { FindingsReport } from '../../../app/documents/findings/report.ts';

const options = { repeat: ['--via', 'ssh'], repeatAccess: ['--via', 'ssh'], bundle: false, problems: [] };
const reader = new MarkdownIt({ html: true, linkify: true });

/** The cells of the table, as a reader sees them. */
function cells(markdown: string): readonly string[] {
  const tokens = reader.parse(markdown, {});
  return tokens
    .filter((_token, index) => tokens[index - 1]?.type === 'td_open')
    .map(({ children }) => (children ?? []).map(({ content }) => content).join(''));
}

describe('one node', () => {
  test('English', () => {
    expect(renderFindingsMarkdown(oneNode(), options, textsOf('en'))).toMatchInlineSnapshot(`
      "## nodemend diagnosis

      Cluster nks\\_prod\\_0af1 (https&#58;&#47;&#47;0af1b2c3-nks-kr1.container.nhncloud.com:6443), 1 node, via ssh, 2026-11-24 08:30 UTC

      **The node has problems.**

      | STATUS | PROBLEM | NODES | CAUSE |
      | --- | --- | --- | --- |
      | **FAIL** | sample-logs missing, high | \`worker-1\` | No logrotate rule covers the container logs of Docker, so that they grow until the disk is full. container logs: 41 GiB; largest: shop/cart 21 GiB, shop/api 10 GiB, kube-system/node-exporter 5.2 GiB, … (+1) |

      Next: \`nodemend plan sample-logs --via ssh\`
      "
    `);
  });

  test('Korean', () => {
    expect(renderFindingsMarkdown(oneNode(), options, textsOf('ko'))).toMatchInlineSnapshot(`
      "## nodemend 점검 결과

      클러스터 nks\\_prod\\_0af1(https&#58;&#47;&#47;0af1b2c3-nks-kr1.container.nhncloud.com:6443), 노드 1개, ssh로 접속, 2026-11-24 08:30 UTC

      **이 노드에 이상이 있습니다.**

      | 상태 | 항목 | 노드 | 원인 |
      | --- | --- | --- | --- |
      | **이상** | sample-logs missing, 심각도 높음 | \`worker-1\` | Docker 컨테이너 로그에 적용되는 logrotate 규칙이 없어 디스크가 가득 찰 때까지 로그가 커집니다. 컨테이너 로그: 41 GiB; 가장 큰 로그: shop/cart 21 GiB, shop/api 10 GiB, kube-system/node-exporter 5.2 GiB, … (+1) |

      다음: \`nodemend plan sample-logs --via ssh\`
      "
    `);
  });
});

test('nodes of the same cause are folded into one row, and counted', () => {
  const [status, , nodes = ''] = cells(renderFindingsMarkdown(threeHundredNodes(), options, textsOf('en')));

  expect(status).toBe('FAIL');
  expect(nodes).toMatch(/^\d+ nodes: \S+\[/);
});

test('what could not be seen is a row of its own, with its reason; what was not looked at is told with its flag', () => {
  expect(
    cells(
      renderFindingsMarkdown(
        uniform(2, (name) => unobserved(name, 'timed-out')),
        options,
        textsOf('en'),
      ),
    ),
  ).toContain('UNKNOWN');
  expect(renderFindingsMarkdown(uniform(2, notLookedAt, 'none'), options, textsOf('en'))).toContain('--via ssh');
});

test('names from nodes are not markup, whatever they are', () => {
  const name = '| a | <img src=x> @all [x](http://evil.test) `\n# b';
  const report = JSON.parse(
    JSON.stringify(oneNode()).replaceAll('worker-1', JSON.stringify(name).slice(1, -1)),
  ) as FindingsReport;
  const markdown = renderFindingsMarkdown(report, options, textsOf('en'));
  const kinds = new Set(
    reader.parse(markdown, {}).flatMap(({ type, children }) => [type, ...(children ?? []).map((child) => child.type)]),
  );

  expect(cells(markdown)).toHaveLength(4);
  expect([...kinds].filter((kind) => /link|html|image/.test(kind))).toEqual([]);
});
