import packageJson from '../../package.json' with { type: 'json' };
import type { Credential } from './credentials.ts';
import type { Impersonation } from './kubeconfig-file.ts';
import type { ApiRequest } from './request.ts';

/**
 * The server takes the part before the slash as the field manager of plain writes, so that `managedFields` says
 * nodemend.
 */
const userAgent = `nodemend/${packageJson.version}`;

/** Header names and values one after the other, the form in which undici keeps repeated headers apart. */
export function requestHeaders(
  request: ApiRequest,
  credential: Credential,
  impersonate: Impersonation | undefined,
): string[] {
  const headers = ['accept', request.accept ?? 'application/json', 'user-agent', userAgent];
  if (request.gzip) headers.push('accept-encoding', 'gzip');
  if (request.body !== undefined) headers.push('content-type', request.contentType ?? 'application/json');
  if (credential.token !== undefined) headers.push('authorization', `Bearer ${credential.token}`);
  return impersonate ? [...headers, ...impersonationHeaders(impersonate)] : headers;
}

/** kubernetes.io/docs/reference/access-authn-authz/authentication, "user impersonation". */
function impersonationHeaders({ user, uid, groups, extra }: Impersonation): string[] {
  return [
    'impersonate-user',
    user,
    ...(uid === undefined ? [] : ['impersonate-uid', uid]),
    ...groups.flatMap((group) => ['impersonate-group', group]),
    ...[...extra].flatMap(([key, values]) =>
      values.flatMap((value) => [`impersonate-extra-${encodeURIComponent(key.toLowerCase())}`, value]),
    ),
  ];
}
