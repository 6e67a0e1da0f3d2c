import { expect, test } from 'vitest';
import type { ObjectPatchAction } from '../../actions/object-patch/object-patch-action.ts';
import type { Proposal } from '../../engine/rollout/cluster-objects/proposal.ts';
import { renderProposal } from './proposal.ts';
import { contextOf } from './fixtures/sample-context.ts';

const patch: ObjectPatchAction = {
  kind: 'object-patch',
  id: 'object-patch:team/Deployment/web',
  problem: 'image-pull',
  cures: [],
  why: { key: 'whatever its writer liked', params: {} },
  disrupts: 'restart',
  object: { kind: 'Deployment', group: 'apps', version: 'v1', resource: 'deployments', namespace: 'team', name: 'web' },
  uid: 'u',
  changes: [
    { path: '/spec/template/spec/containers/0/image', from: 'k8s.gcr.io/pause:3.2', to: 'registry.k8s.io/pause:3.2' },
  ],
};
const proposal: Proposal = {
  kind: 'undo',
  run: '20261126-1200-image-pull-0bad',
  undoes: true,
  origin: 'record',
  owner: 'kim@laptop\u001b[2J',
  objects: [patch],
};

test('of a record it says that others could have written it, and shows what would be written back', () => {
  const text = renderProposal(proposal, contextOf('en'));
  expect(text).toContain('The plan of run 20261126-1200-image-pull-0bad is not on this machine.');
  expect(text).toMatch(/^CHANGE +team\/Deployment\/web$/mu);
  expect(text).toContain('  -image: registry.k8s.io/pause:3.2\n  +image: k8s.gcr.io/pause:3.2\n');
  expect(text).toContain('its pods are replaced');
  expect(text).not.toContain('\u001b');
  expect(text).not.toContain('whatever');
});

test('of a run of this machine the change alone, forward where it goes forward', () => {
  const text = renderProposal({ ...proposal, undoes: false, origin: 'here' }, contextOf('ko'));
  expect(text).toContain('  -image: k8s.gcr.io/pause:3.2\n  +image: registry.k8s.io/pause:3.2\n');
  expect(text).not.toContain('계획이 이 컴퓨터에 없습니다');
  expect(renderProposal({ ...proposal, origin: 'here', objects: [] }, contextOf('en'))).toBe('');
});
