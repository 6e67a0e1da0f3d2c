import { kubeletHasSettings } from '../../kit/kubelet-has-settings.ts';

/** The log limits of the kubelet that runs. */
export const kubeletHasLimits = kubeletHasSettings({
  flags: ['container-log-max-size', 'container-log-max-files'],
  keys: ['containerLogMaxSize', 'containerLogMaxFiles'],
  words: ['size', 'files'],
  forms: [/^\d+(?:[KMGT]i?)?$/u, /^\d{1,6}$/u],
});
