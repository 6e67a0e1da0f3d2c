import { expect, test } from 'vitest';
import type { JsonObject } from '../../kubernetes/api.ts';
import { rolloutProgress, type RolloutProgress } from './workload-rollout.ts';

const workload = (kind: string, spec: JsonObject, status: JsonObject): JsonObject => ({
  kind,
  metadata: { generation: 2 },
  spec,
  status: { observedGeneration: 2, ...status },
});
const whole = { replicas: 3, updatedReplicas: 3, availableReplicas: 3 };

test.each<readonly [string, string, JsonObject, JsonObject, RolloutProgress['state']]>([
  ['not seen by its controller', 'Deployment', { replicas: 3 }, { ...whole, observedGeneration: 1 }, 'waiting'],
  ['whole', 'Deployment', { replicas: 3 }, whole, 'complete'],
  [
    'one replica when nothing is said',
    'Deployment',
    {},
    { replicas: 1, updatedReplicas: 1, availableReplicas: 1 },
    'complete',
  ],
  ['no replica wanted', 'Deployment', { replicas: 0 }, {}, 'complete'],
  ['one not yet new', 'Deployment', { replicas: 3 }, { ...whole, updatedReplicas: 2 }, 'waiting'],
  ['an old one still there', 'Deployment', { replicas: 3 }, { ...whole, replicas: 4 }, 'waiting'],
  ['one not available', 'Deployment', { replicas: 3 }, { ...whole, availableReplicas: 2 }, 'waiting'],
  ['paused', 'Deployment', { replicas: 3, paused: true }, {}, 'complete'],
  [
    'given up',
    'Deployment',
    { replicas: 3 },
    {
      ...whole,
      updatedReplicas: 1,
      conditions: [{ type: 'Available' }, { type: 'Progressing', reason: 'ProgressDeadlineExceeded' }],
    },
    'failed',
  ],
  [
    'whole',
    'StatefulSet',
    { replicas: 2 },
    { updatedReplicas: 2, readyReplicas: 2, updateRevision: 'b', currentRevision: 'b' },
    'complete',
  ],
  [
    'one revision behind',
    'StatefulSet',
    { replicas: 2 },
    { updatedReplicas: 1, readyReplicas: 2, updateRevision: 'b', currentRevision: 'a' },
    'waiting',
  ],
  [
    'one not ready',
    'StatefulSet',
    { replicas: 2 },
    { updatedReplicas: 2, readyReplicas: 1, updateRevision: 'b', currentRevision: 'b' },
    'waiting',
  ],
  [
    'up to its partition',
    'StatefulSet',
    { replicas: 3, updateStrategy: { rollingUpdate: { partition: 2 } } },
    { updatedReplicas: 1, readyReplicas: 3, updateRevision: 'b', currentRevision: 'a' },
    'complete',
  ],
  [
    'not up to its partition',
    'StatefulSet',
    { replicas: 3, updateStrategy: { rollingUpdate: { partition: 1 } } },
    { updatedReplicas: 1, readyReplicas: 3, updateRevision: 'b', currentRevision: 'a' },
    'waiting',
  ],
  ['by hand', 'StatefulSet', { replicas: 3, updateStrategy: { type: 'OnDelete' } }, {}, 'complete'],
  ['whole', 'DaemonSet', {}, { desiredNumberScheduled: 4, updatedNumberScheduled: 4, numberAvailable: 4 }, 'complete'],
  [
    'one not new',
    'DaemonSet',
    {},
    { desiredNumberScheduled: 4, updatedNumberScheduled: 3, numberAvailable: 4 },
    'waiting',
  ],
  [
    'one not available',
    'DaemonSet',
    {},
    { desiredNumberScheduled: 4, updatedNumberScheduled: 4, numberAvailable: 3 },
    'waiting',
  ],
  ['by hand', 'DaemonSet', { updateStrategy: { type: 'OnDelete' } }, { desiredNumberScheduled: 4 }, 'complete'],
])('%s %s', (_what, kind, spec, status, state) => {
  expect(rolloutProgress(workload(kind, spec, status)).state).toBe(state);
});
