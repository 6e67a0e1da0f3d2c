import { fieldAt, isFields, textAt } from './objects.ts';
import { isAllowed, type Identity } from './roles.ts';
import { badRequest, type Refusal } from './status.ts';

export const accessReviewPath = '/apis/authorization.k8s.io/v1/selfsubjectaccessreviews';

export const selfReviewPath = '/apis/authentication.k8s.io/v1/selfsubjectreviews';

/** Answers a SelfSubjectReview: who is the caller? */
export function reviewSelf({ user, groups }: Identity): { readonly body: object } {
  return {
    body: {
      kind: 'SelfSubjectReview',
      apiVersion: 'authentication.k8s.io/v1',
      metadata: { creationTimestamp: null },
      status: { userInfo: { username: user, groups } },
    },
  };
}

/** Answers a SelfSubjectAccessReview: may the caller do this? */
export function reviewAccess(
  identity: Identity,
  body: unknown,
): { readonly body: object } | { readonly refused: Refusal } {
  const asked = isFields(body) ? fieldAt(body, 'spec.resourceAttributes') : undefined;
  if (!isFields(asked)) return { refused: badRequest('spec.resourceAttributes is required') };
  const text = (key: string): string => textAt(asked, key);
  const allowed = isAllowed(identity, {
    verb: text('verb'),
    group: text('group'),
    resource: text('subresource') === '' ? text('resource') : `${text('resource')}/${text('subresource')}`,
    namespace: text('namespace'),
    name: text('name'),
  });
  const status = allowed ? { allowed, reason: 'practice cluster: a rule of the role allows it' } : { allowed };
  return {
    body: {
      kind: 'SelfSubjectAccessReview',
      apiVersion: 'authorization.k8s.io/v1',
      metadata: { creationTimestamp: null },
      // Empty fields are not written out.
      spec: { resourceAttributes: Object.fromEntries(Object.entries(asked).filter(([, value]) => value !== '')) },
      status,
    },
  };
}
