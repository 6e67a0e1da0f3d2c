import type { BaseImagesInputs } from '../inputs.ts';

const digest = `sha256:${'a'.repeat(64)}`;

/** As many as the guide names. */
export const inputsAtBootstrap: BaseImagesInputs = {
  'new-nodes': Array.from({ length: 25 }, (_, index) => ({
    name: `registry.k8s.io/some-group/some-image-${index}:v1.34.4`,
    source: `registry.internal.example/base/some-image-${index}@${digest}`,
    digest,
  })),
};
