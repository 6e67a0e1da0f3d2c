import en from '../../locales/en/errors.registry.json' with { type: 'json' };
import ko from '../../locales/ko/errors.registry.json' with { type: 'json' };
import { errorArea } from '../area.ts';

export const registry = errorArea(
  {
    REGISTRY_UNREACHABLE: { exit: 5, retryable: true },
    REGISTRY_UNTRUSTED: { exit: 5 },
    REGISTRY_ANSWER_INVALID: { exit: 5 },
    NODE_WITHOUT_HTTP: { exit: 5 },
    RATE_LIMIT_UNKNOWN: { exit: 5 },
    REGISTRY_WANTS_NO_LOGIN: { exit: 5, retryable: true },
    REGISTRY_LOGIN_REFUSED: { exit: 5 },
    SECRETS_FORBIDDEN: { exit: 5 },
    PULL_SECRET_INVALID: { exit: 5 },
    RATE_LIMIT_ANSWER_INVALID: { exit: 2 },
    WORKLOAD_MISSING: { exit: 5 },
  },
  { en: () => en, ko: () => ko },
);
