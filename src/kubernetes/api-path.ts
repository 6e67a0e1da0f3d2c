/** One resource, collection or subresource of the API, in parts. */
export interface ApiResource {
  /** `''` for the core group. */
  readonly group: string;
  readonly version: string;
  readonly namespace?: string;
  /** Plural: `pods`. */
  readonly resource: string;
  readonly name?: string;
  readonly subresource?: string;
}

/** The path below the server's own: `/api/v1/namespaces/web/pods/a/eviction`. Each part is percent-encoded. */
export function apiPath({ group, version, namespace, resource, name, subresource }: ApiResource): string {
  const root = group === '' ? ['api', version] : ['apis', group, version];
  const scope = namespace === undefined ? [] : ['namespaces', namespace];
  const item = name === undefined ? [] : subresource === undefined ? [name] : [name, subresource];
  return `/${[...root, ...scope, resource, ...item].map(encodeURIComponent).join('/')}`;
}

/** Of a list: of one namespace, or of all. */
export function listPath(resource: ApiResource, namespace: string | undefined): string {
  return apiPath({ ...resource, ...(namespace === undefined ? {} : { namespace }) });
}

/** The opposite of `apiPath`; undefined for paths such as `/version`. */
export function parseApiPath(path: string): ApiResource | undefined {
  const [root, ...parts] = path.split('/').slice(1).map(decodeURIComponent);
  if (root === 'api') return parseResource('', parts);
  return root === 'apis' && parts[0] !== undefined ? parseResource(parts[0], parts.slice(1)) : undefined;
}

function parseResource(group: string, [version, ...rest]: readonly string[]): ApiResource | undefined {
  if (version === undefined || rest[0] === undefined) return undefined;
  const namespace = isInNamespace(rest) ? rest[1] : undefined;
  const [resource = '', name, subresource] = namespace === undefined ? rest : rest.slice(2);
  const optional = Object.entries({ namespace, name, subresource }).filter(([, value]) => value !== undefined);
  return { group, version, resource, ...Object.fromEntries(optional) };
}

/** `namespaces/web` is the namespace itself, and so are its subresources; any longer path is something in it. */
function isInNamespace([first, , third, fourth]: readonly string[]): boolean {
  const ownSubresource = fourth === undefined && (third === 'status' || third === 'finalize');
  return first === 'namespaces' && third !== undefined && !ownSubresource;
}
