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

/** The opposite of `apiPath`; undefined for paths such as `/version`. */
export function parseApiPath(path: string): ApiResource | undefined {
  const parts = path.split('/').slice(1).map(decodeURIComponent);
  const [group, version, ...rest] = parts[0] === 'api' ? ['', ...parts.slice(1)] : parts[0] === 'apis' ? parts.slice(1) : [];
  if (group === undefined || version === undefined || rest[0] === undefined) return undefined;
  // `/api/v1/namespaces/web` is the namespace itself; a longer path is something in it, or one of its two subresources.
  const inNamespace = rest[0] === 'namespaces' && rest[2] !== undefined && !(rest.length === 3 && ['status', 'finalize'].includes(rest[2]));
  const [resource = '', name, subresource] = inNamespace ? rest.slice(2) : rest;
  return {
    group,
    version,
    resource,
    ...(inNamespace && rest[1] !== undefined ? { namespace: rest[1] } : {}),
    ...(name === undefined ? {} : { name }),
    ...(subresource === undefined ? {} : { subresource }),
  };
}
