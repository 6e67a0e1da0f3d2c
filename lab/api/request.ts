import type { Identity } from './roles.ts';
import { resources, type Resource } from './resources.ts';

/** An API request, parsed: what it is about, and by whom. */
export interface ApiRequest {
  readonly method: string;
  readonly path: string;
  readonly query: URLSearchParams;
  readonly contentType: string;
  /** Parsed JSON; undefined when there was none. */
  readonly body: unknown;
  readonly identity: Identity;
}

/** What a path names. */
export interface Target {
  readonly resource: Resource;
  /** Empty for cluster-scoped objects and for all namespaces. */
  readonly namespace: string;
  /** Empty for a collection. */
  readonly name: string;
  /** Empty for the object itself. */
  readonly subresource: string;
}

/** `/api/v1/namespaces/NS/pods/NAME/eviction` and its relatives; undefined when the fake does not serve it. */
export function targetOf(path: string): Target | undefined {
  const parts = path
    .split('/')
    .filter((part) => part !== '')
    .map(decodeURIComponent);
  const [root, ...afterRoot] = parts;
  if (root === 'api') return targetIn('', afterRoot);
  return root === 'apis' ? targetIn(afterRoot[0] ?? '', afterRoot.slice(1)) : undefined;
}

/** `VERSION[/namespaces/NS]/PLURAL[/NAME[/SUBRESOURCE]]` */
function targetIn(group: string, [version, first, ...rest]: readonly string[]): Target | undefined {
  // `/namespaces/NS` alone is the namespace itself; with more behind it, it says where the rest is.
  const [namespace = '', ...scoped] = first === 'namespaces' && rest.length > 1 ? rest : [];
  const [plural, name = '', subresource = '', ...tooMuch] = namespace === '' ? [first, ...rest] : scoped;
  const resource = resources.find(
    (known) => known.group === group && known.version === version && known.plural === plural,
  );
  if (!resource || tooMuch.length > 0 || !fits(resource, namespace, name)) return undefined;
  return { resource, namespace, name, subresource };
}

/** One object of a namespaced kind needs its namespace; a cluster-scoped kind has none. */
function fits({ namespaced }: Resource, namespace: string, name: string): boolean {
  return namespaced ? namespace !== '' || name === '' : namespace === '';
}

/** The verb RBAC knows a request by. */
export function verbOf(method: string, target: Target, query: URLSearchParams): string {
  if (method === 'POST') return 'create';
  if (method === 'PUT') return 'update';
  if (method === 'PATCH') return 'patch';
  if (method === 'DELETE') return target.name === '' ? 'deletecollection' : 'delete';
  if (target.name !== '') return 'get';
  return isWatch(query) ? 'watch' : 'list';
}

export function isWatch(query: URLSearchParams): boolean {
  return ['true', '1'].includes(query.get('watch') ?? '');
}
