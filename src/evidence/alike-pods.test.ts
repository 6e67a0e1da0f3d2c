import fc from 'fast-check';
import { expect, test } from 'vitest';
import { AlikePods } from './alike-pods.ts';
import { PodFold } from './fold-pods.ts';
import type { PodFacts } from './pod-facts.ts';
import type { ProjectedPod } from './project-pod.ts';

/** From so few words that many pods are alike, and some only nearly. */
const word = fc.constantFrom('a', 'b', 'a\nb', '');
const image = fc.record({ container: word, role: fc.constantFrom('container', 'init'), image: word });
const waiting = fc.record({ container: word, image: word, reason: word, message: word });
const pod: fc.Arbitrary<ProjectedPod> = fc.record({
  namespace: word,
  name: fc.string(),
  uid: fc.uuid(),
  node: word,
  createdAt: word,
  owner: fc.record({ apiVersion: word, kind: word, name: word }),
  isStatic: fc.boolean(),
  serviceAccount: word,
  pullSecrets: fc.array(word, { maxLength: 2 }),
  images: fc.array(image, { maxLength: 2 }),
  waiting: fc.array(waiting, { maxLength: 1 }),
  running: fc.array(fc.record({ container: word, imageID: word }), { maxLength: 2 }),
});

function fold(pods: readonly ProjectedPod[], keep = (one: ProjectedPod): ProjectedPod => one): PodFacts {
  const all = new PodFold();
  for (const one of pods) all.add(keep(one), one.node);
  return all.facts();
}

test('pods that are alike are folded as they would be one by one', () => {
  fc.assert(
    fc.property(fc.array(pod, { maxLength: 12 }), (pods) => {
      const alike = new AlikePods();
      expect(fold(pods, (one) => alike.oneOf(one))).toEqual(fold(pods));
    }),
  );
});

test('of a thousand pods of one owner that wait for nothing there is one object, and each of those that wait', () => {
  const alike = new AlikePods();
  const [one] = fc.sample(pod, 1) as [ProjectedPod];
  const named = (name: string, waits: ProjectedPod['waiting']): ProjectedPod => ({
    ...one,
    images: [...one.images],
    name,
    waiting: waits,
  });
  const kept = Array.from({ length: 1000 }, (_, index) => alike.oneOf(named(`pod-${index}`, [])));
  expect(new Set(kept).size).toBe(1);
  const waits = [{ container: 'app', image: 'nginx', reason: 'ErrImagePull', message: '' }];
  expect(new Set([alike.oneOf(named('a', waits)), alike.oneOf(named('b', waits))]).size).toBe(2);
});
