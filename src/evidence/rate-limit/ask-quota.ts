import { NodemendError } from '../../errors/nodemend-error.ts';
import type { ManifestAnswer, RegistryClient } from '../../registry/client/registry-client.ts';
import { formatReference, type ImageReference } from '../../registry/reference/image-reference.ts';
import { unknownOf } from '../unknown.ts';
import type { QuotaAnswer } from './rate-limit.ts';
import { secretText, type SecretName } from './secret-name.ts';

/**
 * Asks by HEAD, which is not a pull.
 * @param secrets the pull secrets whose login the client sends @throws the signal's reason, and what is a fault of ours
 */
export async function askQuota(
  client: RegistryClient,
  image: ImageReference,
  signal: AbortSignal,
  secrets?: readonly SecretName[],
): Promise<QuotaAnswer> {
  try {
    const answer = await client.headManifest(image, signal);
    return answer.state === 'denied' && secrets ? loginRefused(image, secrets) : quotaOf(answer, image);
  } catch (error) {
    signal.throwIfAborted();
    return unknownOf(error);
  }
}

function loginRefused({ registry }: ImageReference, secrets: readonly SecretName[]): QuotaAnswer {
  const params = { host: registry, secrets: secrets.map(secretText).join(', ') };
  return { state: 'denied', error: { code: 'REGISTRY_LOGIN_REFUSED', params } };
}

function quotaOf(answer: ManifestAnswer, image: ImageReference): QuotaAnswer {
  const rate = 'rate' in answer ? answer.rate : undefined;
  if (rate) return { state: 'counted', rate };
  if (answer.state === 'limited') return { state: 'refused' };
  const params = { host: image.registry, image: formatReference(image), answer: answer.state };
  return unknownOf(new NodemendError('RATE_LIMIT_UNKNOWN', params));
}
