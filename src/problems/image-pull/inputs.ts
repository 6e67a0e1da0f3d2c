import { remedyInputs, type InputsOf } from '../inputs.ts';
import { readMirrors } from './mirrors/read-mirrors.ts';

/** The remedies of this problem, by their ids: each has to be named. */
export const inputs = {
  /** Writes the successors of retired references into the objects that hold them. */
  'rewrite-references': remedyInputs({
    options: { 'verify-references': { kind: 'flag' }, 'allow-unverified': { kind: 'flag' } },
    read: (given) => ({
      /** Whether the new registries are asked first. */
      verify: given['verify-references'],
      /** Whether a name that no registry was asked for may be written. */
      unverified: given['allow-unverified'] ? ('allow' as const) : ('refuse' as const),
    }),
  }),
  /** Points the nodes' runtimes at pull-through caches. */
  mirror: remedyInputs({
    options: {
      mirror: { kind: 'values', placeholder: 'registry=url', required: true },
      'mirror-ca': { kind: 'file' },
      'mirror-only': { kind: 'flag' },
    },
    atBootstrap: true,
    onNodes: true,
    read: readMirrors,
  }),
};

export type ImagePullInputs = InputsOf<typeof inputs>;
export type RewriteInputs = NonNullable<ImagePullInputs['rewrite-references']>;
