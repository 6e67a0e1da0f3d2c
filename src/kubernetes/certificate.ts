import type { Sentence } from '../errors/sentences.ts';
import { X509Certificate, createPrivateKey } from 'node:crypto';
import type { ClientCertificate } from '../network/route.ts';

/** End of validity of the first certificate of a PEM text. @throws Error from OpenSSL when it holds none. */
export function notAfter(pem: string): Date {
  return new X509Certificate(pem).validToDate;
}

/**
 * What is wrong with a certificate and key, in OpenSSL's words; undefined when they fit. The text never quotes the key.
 */
export function certificateProblem({ certificate, key }: ClientCertificate): Sentence | undefined {
  try {
    const matches = new X509Certificate(certificate).checkPrivateKey(createPrivateKey(key));
    return matches ? undefined : { key: 'kubeconfig.other-key' };
  } catch (error) {
    return {
      key: 'kubeconfig.unreadable-pair',
      params: { words: error instanceof Error ? error.message : String(error) },
    };
  }
}
