import type { ClusterEvidence, Evidence } from '../../../evidence/evidence.ts';
import { volumeEvidence } from '../../testing/volume-evidence.ts';
import { cinderDriver } from '../cinder.ts';
import { problemId } from '../meta.ts';
import { files, gib, stateOf, type FixtureState } from './fixture.ts';

const forbidden = { state: 'unknown', reason: 'forbidden', detail: 'nodemend cannot read it (403).' } as const;

/** Ten gigabytes of file system on twenty of volume. */
const grown = { name: 'data', bytes: 9.7 * gib };
const whole = { name: 'data', bytes: 19.5 * gib };

function withoutVolumes(part: keyof NonNullable<ClusterEvidence['volumes']>, state: FixtureState): Evidence {
  const evidence = stateOf(state);
  if (evidence.cluster.state !== 'seen') throw new Error('it is seen');
  const { volumes } = evidence.cluster.value;
  return stateOf({ ...state, more: volumes === undefined ? {} : { volumes: { ...volumes, [part]: forbidden } } });
}

/** The states that the fixtures are made of, by name (`<status>-<rule>[-<detail>]`). */
export const states: Readonly<Record<string, Evidence>> = {
  'fail-rescan-missing': stateOf({ config: files.off, claims: [grown, { name: 'whole', bytes: 19.5 * gib }] }),
  'fail-rescan-missing-pending': stateOf({
    config: files['turned-off'],
    claims: [{ ...whole, pendingSince: '2026-11-26T00:00:00Z' }],
  }),
  'fail-rescan-missing-too-old': stateOf({ config: files.off, claims: [grown], tag: 'v1.17.0' }),
  'fail-not-grown': stateOf({ claims: [grown] }),
  'fail-not-grown-unread': stateOf({ config: 'unread', claims: [grown] }),
  'warn-rescan-missing': stateOf({ config: files.off, claims: [whole] }),
  'warn-rescan-missing-too-old': stateOf({ config: files['turned-off'], tag: 'v1.17.0' }),
  'unknown-config-unknown': stateOf({ more: { cinderConfig: forbidden } }),
  'unknown-config-unknown-elsewhere': stateOf({ config: 'absent' }),
  'unknown-config-unknown-broken': stateOf({ config: files.broken }),
  'unknown-cinder-unknown': withoutVolumes('drivers', {}),
  'unknown-cinder-unknown-volumes': withoutVolumes('volumes', { drivers: [] }),
  'unknown-sizes-unknown': withoutVolumes('claims', { claims: [whole] }),
  'unknown-sizes-unknown-nodes': stateOf({ claims: [whole], kubelet: forbidden }),
  'not-looked-at-cinder-unknown': volumeEvidence(problemId, { state: 'not-looked-at', enable: '--kubeconfig' }),
  'not-looked-at-config-not-looked-at': stateOf({ config: 'unread', claims: [whole] }),
  'not-looked-at-sizes-not-looked-at': stateOf({ claims: [whole], kubelet: 'unread' }),
  'pass-rescan-on': stateOf({ claims: [whole] }),
  'pass-no-cinder': stateOf({ drivers: ['nfs.csi.k8s.io'], claims: [{ ...grown, driver: 'nfs.csi.k8s.io' }] }),
  'pass-before-csi': stateOf({ version: 'v1.19.10', config: files.off, drivers: [cinderDriver] }),
};
