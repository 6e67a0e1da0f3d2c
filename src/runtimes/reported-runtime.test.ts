import { expect, test } from 'vitest';
import type { NodeEvidence } from '../evidence/evidence.ts';
import { node } from '../problems/container-logs/testing/node.ts';
import { reportedRuntime } from './reported-runtime.ts';

const reporting = (runtimeVersion: string): NodeEvidence => node({ runtimeVersion });

test.each([
  ['containerd://1.6.21', { name: 'containerd', version: '1.6.21' }],
  ['docker://v20.10.24', { name: 'docker', version: '20.10.24' }],
  ['cri-o://1.29.1', { name: 'cri-o', version: '1.29.1' }],
  ['docker://', { name: 'docker', version: undefined }],
  ['odd', { name: 'odd', version: undefined }],
])('%s', (reported, expected) => expect(reportedRuntime(reporting(reported))).toEqual(expected));

test('nothing is reported without the API server, nor by a node that has not started yet', () => {
  expect(reportedRuntime(node())).toBeUndefined();
  expect(reportedRuntime(reporting(''))).toBeUndefined();
});
