import type { ErrorEntry } from '../catalogue.ts';

export const transportErrors = {
  SSH_REFUSED: { exit: 5, retryable: true },
  SSH_TIMED_OUT: { exit: 5, retryable: true },
  SSH_CONNECTION_LOST: { exit: 5, retryable: true },
  SSH_AUTH_FAILED: { exit: 5 },
  SSH_HOST_KEY_UNKNOWN: { exit: 5 },
  SSH_HOST_KEY_CHANGED: { exit: 5 },
  SSH_NEGOTIATION_FAILED: { exit: 5 },
  COMMAND_TIMED_OUT: { exit: 5 },
  SUDO_UNAVAILABLE: { exit: 5 },
} as const satisfies Record<string, ErrorEntry>;
