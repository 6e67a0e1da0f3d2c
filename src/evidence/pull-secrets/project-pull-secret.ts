import type { JsonObject } from '../../kubernetes/api.ts';
import { object, text } from '../../kubernetes/json-fields.ts';
import {
  dockerConfigTypes,
  isBroken,
  isDockerConfigType,
  parseDockerConfig,
  type DockerConfigEntry,
} from '../../registry/docker-config/docker-config.ts';
import { expiryOf } from '../../registry/docker-config/expiry.ts';
import { redactText } from '../redact.ts';
import type { PullLogin, PullSecret, PullSecretProblem } from './pull-secret.ts';

/** What is kept of a Secret (core/v1), on arrival: its data is read here and nowhere else, and let go. */
export function projectPullSecret(raw: JsonObject): PullSecret {
  const type = text(raw['type']);
  if (!isDockerConfigType(type)) return broken(type, { kind: 'wrong-type' });
  const encoded = object(raw['data'])[dockerConfigTypes[type]];
  if (typeof encoded !== 'string') return broken(type, { kind: 'no-data' });
  const config = parseDockerConfig(Buffer.from(encoded, 'base64').toString('utf8'), type);
  if (!isBroken(config)) return { type, logins: config.entries.map(loginOf) };
  return broken(type, { kind: config.problem, ...(config.key === undefined ? {} : { key: maskedKey(config.key) }) });
}

function broken(type: string, problem: PullSecretProblem): PullSecret {
  return { type, logins: [], problem };
}

function loginOf({ key, user, password, identityToken, registryToken }: DockerConfigEntry): PullLogin {
  const expiry = expiryOf(password);
  return {
    key: maskedKey(key),
    holds: user !== '' || password.reveal() !== '' ? 'password' : identityToken || registryToken ? 'token' : 'nothing',
    ...(expiry.state === 'known' ? { expires: expiry.at } : {}),
  };
}

/**
 * A key is an address, in which people have been seen to write a login, and the name of a host, which kubelet finds
 * either way.
 */
function maskedKey(key: string): string {
  return redactText(key.replace(/^((?:https?:\/\/)?)[^/@]*@/u, '$1***@'));
}
