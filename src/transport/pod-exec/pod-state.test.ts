import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { JsonObject } from '../../kubernetes/api.ts';
import type { PodJob } from './job-manifest.ts';
import type { PodSettings } from './pod-settings.ts';
import { readPodState } from './pod-state.ts';
import { podTrouble } from './why-not.ts';

const metadata = { name: 'nodemend-1-x', labels: { 'job-name': 'nodemend-1' } };
const pod = (status: JsonObject): JsonObject => ({ metadata, status });
const waiting = (reason: string, message = ''): JsonObject =>
  pod({ phase: 'Pending', startTime: 'now', containerStatuses: [{ state: { waiting: { reason, message } } }] });
const job: PodJob = { name: 'nodemend-1', run: 'r', node: 'n-1' };
const settings = { namespace: 'pods', image: 'img' } as PodSettings;

/** The statuses are as kubelet 1.34 writes them. */
describe('the state of a pod', () => {
  it('is running only when its container is', () => {
    expect(
      readPodState(
        pod({ phase: 'Running', startTime: 'now', containerStatuses: [{ state: { running: { startedAt: 'now' } } }] }),
      ),
    ).toEqual({
      name: 'nodemend-1-x',
      job: 'nodemend-1',
      phase: 'Running',
      accepted: true,
      running: true,
      trouble: undefined,
    });
    expect(readPodState(pod({}))).toMatchObject({ phase: 'Pending', accepted: false, running: false });
  });

  it.each([
    ['its container is being made', waiting('ContainerCreating'), undefined],
    ['kubelet has not seen it', pod({ phase: 'Pending' }), undefined],
    [
      'there is no image',
      waiting('ErrImagePull', 'not found'),
      { code: 'POD_IMAGE_UNAVAILABLE', params: { node: 'n-1', image: 'img', detail: 'ErrImagePull: not found' } },
    ],
    ['the image has no name', waiting('InvalidImageName', 'couldn’t parse'), { code: 'POD_IMAGE_UNAVAILABLE' }],
    [
      'the container cannot be made',
      waiting('CreateContainerError', 'no such thing'),
      { code: 'POD_NOT_STARTED', params: { detail: 'CreateContainerError: no such thing' } },
    ],
    [
      'kubelet refused it, as when the disk is full',
      pod({ phase: 'Failed', reason: 'Evicted', message: 'The node had condition: [DiskPressure]. ' }),
      {
        code: 'POD_NOT_STARTED',
        params: {
          node: 'n-1',
          namespace: 'pods',
          pod: 'nodemend-1-x',
          detail: 'Evicted: The node had condition: [DiskPressure]. ',
        },
      },
    ],
    [
      'its program is not in the image',
      pod({
        phase: 'Failed',
        containerStatuses: [
          { state: { terminated: { exitCode: 128, reason: 'StartError', message: 'exec: "sh": not found' } } },
        ],
      }),
      { code: 'POD_NOT_STARTED', params: { detail: 'StartError: exec: "sh": not found' } },
    ],
    [
      'it ended',
      pod({ phase: 'Failed', containerStatuses: [{ state: { terminated: { exitCode: 1, reason: 'Error' } } }] }),
      { code: 'POD_NOT_STARTED', params: { detail: 'Error: exit code 1' } },
    ],
    ['it is over', pod({ phase: 'Succeeded' }), { code: 'POD_NOT_STARTED', params: { detail: 'it ended' } }],
  ])('says why it does not run: %s', (_name, raw, expected) => {
    const trouble = podTrouble(readPodState(raw), job, settings);
    if (expected === undefined) expect(trouble).toBeUndefined();
    else expect(trouble).toMatchObject(expected);
  });

  it('is read of any object', () => {
    const part = fc.option(fc.constantFrom('Running', 'Failed', 'x', ''), { nil: undefined });
    const raw = fc.record({
      metadata: fc.option(
        fc.record({ name: part, labels: fc.option(fc.dictionary(fc.string(), fc.string()), { nil: undefined }) }),
        { nil: undefined },
      ),
      status: fc.option(
        fc.record({
          phase: part,
          reason: part,
          containerStatuses: fc.option(
            fc.array(fc.record({ state: fc.constantFrom({}, { running: {} }, { waiting: {} }, { terminated: {} }) })),
            { nil: undefined },
          ),
        }),
        { nil: undefined },
      ),
    });
    fc.assert(
      fc.property(raw, (value) => void podTrouble(readPodState(value as unknown as JsonObject), job, settings)),
    );
  });
});
