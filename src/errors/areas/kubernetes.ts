import type { ErrorEntry } from '../catalogue.ts';

export const kubernetesErrors = {
  KUBECONFIG_MISSING: { exit: 2 },
  KUBECONFIG_INVALID: { exit: 2 },
  API_UNREACHABLE: { exit: 5, retryable: true },
  API_FORBIDDEN: { exit: 5 },
} as const satisfies Record<string, ErrorEntry>;
