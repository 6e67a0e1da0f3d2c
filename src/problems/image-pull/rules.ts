import { pass, unknown, type Rules, type Trouble } from '../kit/rules.ts';

/** Where a pull fails for it now; a warning where the next one will. */
const ofSecret = { fail: 'high', warn: 'medium' } as const;

/**
 * The pull had no room below the very folder of images that is on the disk which is found full. docker unpacks layers
 * nowhere else, and names files inside of them (moby, layer.Register).
 */
function isOnDiskOfImages({ facts: { said } = {} }: Trouble, { facts: { imagesAt } = {} }: Trouble): boolean {
  if (typeof said !== 'string' || typeof imagesAt !== 'string') return false;
  return said.includes(` ${imagesAt}/`) || said.includes('failed to register layer: ');
}

/** A name that nobody serves fails for whatever the registry, or the way to it, makes of it. */
const ofWrongName = [{ images: 'wrong-repository' }] as const;

export const rules = {
  // Why pulls fail, each about what it hits: a registry, an image or a node.
  'dockerhub-rate-limit': { fail: 'high' },
  'other-registry-rate-limit': { fail: 'high' },
  'auth-required': { fail: 'high', explainedBy: ofWrongName },
  'auth-or-missing': { fail: 'high', explainedBy: ofWrongName },
  'not-found': { fail: 'high', explainedBy: ofWrongName },
  dns: { fail: 'high', explainedBy: ofWrongName, texts: ['findings.dns', 'findings.mirror-dns'] },
  'network-unreachable': {
    fail: 'high',
    explainedBy: ofWrongName,
    texts: ['findings.network-unreachable', 'findings.mirror-network-unreachable'],
  },
  tls: { fail: 'high', texts: ['findings.tls', 'findings.mirror-tls'] },
  'retired-registry': { fail: 'high', explainedBy: [{ images: 'retired-reference' }] },
  'unsupported-manifest': { fail: 'high' },
  'disk-full': { fail: 'high', explainedBy: [{ condition: 'disk-full', when: isOnDiskOfImages }] },
  'invalid-image-name': { fail: 'high' },
  'never-pulled': { fail: 'high' },
  // No pod at all starts on that node.
  'sandbox-image-missing': { fail: 'critical', explainedBy: [{ condition: 'sandbox-image-missing' }] },
  other: { fail: 'medium' },
  'cause-unseen': { fail: 'medium', explainedBy: [...ofWrongName, { images: 'retired-reference' }] },
  'pulls-fine': pass,
  'pods-unknown': { unknown: true, notLookedAt: true, texts: ['findings.pods-unknown', 'findings.pods-not-looked-at'] },
  'events-unknown': unknown,

  // What they log in with.
  'secret-missing': { ...ofSecret, texts: ['findings.secret-missing', 'findings.secret-elsewhere'] },
  'secret-not-retrieved': ofSecret,
  'secret-wrong-type': ofSecret,
  'secret-broken': {
    ...ofSecret,
    texts: ['findings.secret-broken-empty', 'findings.secret-broken-json', 'findings.secret-broken-auth'],
  },
  'secret-expired': ofSecret,
  'secret-without-password': ofSecret,
  'secret-retired-key': {
    fail: 'high',
    warn: 'low',
    texts: ['findings.secret-retired-key', 'findings.secret-retired-key-alone'],
  },
  'secret-wrong-key': { fail: 'high' },
  'attached-later': { fail: 'high' },
  // Many registries say of a name that is misspelt that they want a login.
  'login-refused': { fail: 'medium' },
  'no-login': { fail: 'medium', explainedBy: ofWrongName },
  'pull-secret-unknown': unknown,
  'pull-secrets-unknown': unknown,
  'service-accounts-unknown': unknown,
  'pull-secrets-not-looked-at': { notLookedAt: true },

  // References to registries that are gone.
  'retired-reference': {
    fail: 'high',
    warn: 'medium',
    remedy: 'rewrite-references',
    onRequest: 'rewrite-references',
    condition: 'retired-reference',
  },
  'retired-reference-unclear': { fail: 'high', warn: 'medium', condition: 'retired-reference' },
  'retired-reference-in-pods': { fail: 'high', warn: 'medium', condition: 'retired-reference' },
  'references-fine': pass,
  'workloads-unknown': unknown,
  'custom-resources-unknown': {
    unknown: true,
    notLookedAt: true,
    texts: ['findings.custom-resources-unknown', 'findings.custom-resources-not-looked-at'],
  },
  'workloads-too-deep': unknown,

  // Where nodes are told to pull from.
  'mirrors-conflict': { fail: 'high' },
  'hosts-ignored': { warn: 'medium' },
  'containerd-config-pending': { warn: 'medium' },
  'hosts-file-broken': { warn: 'medium' },
  'host-table-missing': { warn: 'medium' },
  'override-path-missing': { warn: 'medium' },
  'resolve-missing': { warn: 'medium' },
  'certificate-missing': { warn: 'medium' },
  'registry-config-unread': { warn: 'medium' },
  'mirrors-fine': pass,
  'mirrors-unknown': unknown,
  'hosts-file-unread': unknown,
} as const satisfies Rules;
