import { accessReviewPath, reviewAccess, reviewSelf, selfReviewPath } from './access-reviews.ts';
import { evict } from './evictions.ts';
import type { Pager } from './lists.ts';
import { isWatch, targetOf, verbOf, type ApiRequest, type Target } from './request.ts';
import { coreDiscovery, groupDiscovery } from './discovery.ts';
import type { KubeObject } from './objects.ts';
import { qualifiedName, type Resource } from './resources.ts';
import { isAllowed } from './roles.ts';
import { refusal, unknownPath, type Refusal } from './status.ts';
import type { ObjectStore, Outcome } from './store.ts';
import { openWatch, type Watch } from './watches.ts';
import { create, patch, remove, replace } from './writes.ts';

export type Answer =
  | { readonly code: number; readonly body: object | string }
  | { readonly refused: Refusal }
  | { readonly watch: Watch };

/** /version of the practice cluster: nobody shall take it for a real one. */
const versionInfo = {
  major: '1',
  minor: '31',
  gitVersion: 'v1.31.4-nodemend-lab',
  gitCommit: '',
  gitTreeState: 'practice cluster of nodemend, not a Kubernetes API server',
  platform: 'linux/amd64',
} as const;

/** Nobody has asked this cluster for anything deprecated: it serves nothing that is. */
const metrics = 'apiserver_storage_objects{resource="practice cluster of nodemend, not a Kubernetes API server"} 0\n';

/** What is the same for everybody. */
const pages: ReadonlyMap<string, object | string> = new Map<string, object | string>([
  ['/version', versionInfo],
  ['/metrics', metrics],
  ['/api/v1', coreDiscovery],
  ['/apis', groupDiscovery],
]);

/** Everything the fake knows how to answer. */
export function answer(store: ObjectStore, pager: Pager, request: ApiRequest): Answer {
  const page = pages.get(request.path);
  if (page !== undefined) return { code: 200, body: page };
  if (request.path === selfReviewPath && request.method === 'POST') return created(reviewSelf(request.identity));
  if (request.path === accessReviewPath && request.method === 'POST')
    return created(reviewAccess(request.identity, request.body));
  const target = targetOf(request.path);
  if (!target) return { refused: unknownPath() };
  return forbidden(request, target) ?? dispatch(store, pager, request, target);
}

function dispatch(store: ObjectStore, pager: Pager, request: ApiRequest, target: Target): Answer {
  if (target.subresource !== '') return subresource(store, request, target);
  const known = handlers[`${request.method} ${target.name === '' ? 'collection' : 'object'}`];
  return known ? known(store, pager, request, target) : notAllowed(request);
}

type Handler = (store: ObjectStore, pager: Pager, request: ApiRequest, target: Target) => Answer;

const handlers: Readonly<Record<string, Handler>> = {
  'GET collection': (store, pager, request, target) => {
    if (!isWatch(request.query)) return fine(pager.page(request, target));
    const watch = openWatch(store, request, target);
    return 'refused' in watch ? watch : { watch };
  },
  'POST collection': (store, _, request, target) => created(asBody(create(store, request, target))),
  'GET object': (store, _, __, { resource, namespace, name }) => fine(asBody(store.get(resource, namespace, name))),
  'PUT object': (store, _, request, target) => fine(asBody(replace(store, request, target))),
  'PATCH object': (store, _, request, target) => {
    // Server-side apply makes what is not there.
    const isThere = 'object' in store.get(target.resource, target.namespace, target.name);
    return (isThere ? fine : created)(asBody(patch(store, request, target)));
  },
  'DELETE object': (store, _, request, target) => {
    const removed = remove(store, request, target);
    return fine('refused' in removed ? removed : { body: deleted(target.resource, removed.object) });
  },
};

function subresource(store: ObjectStore, request: ApiRequest, target: Target): Answer {
  if (target.resource.kind === 'Pod' && target.subresource === 'eviction' && request.method === 'POST') {
    return created(evict(store, request, target));
  }
  if (target.resource.kind === 'Node' && target.subresource === 'status' && request.method === 'PATCH') {
    return fine(asBody(patch(store, request, target)));
  }
  return { refused: refusal(404, 'NotFound', 'the server could not find the requested resource') };
}

function forbidden(request: ApiRequest, target: Target): Answer | undefined {
  const { resource, namespace, name, subresource: sub } = target;
  const verb = verbOf(request.method, target, request.query);
  const attempt = {
    verb,
    group: resource.group,
    resource: sub === '' ? resource.plural : `${resource.plural}/${sub}`,
    namespace,
    name,
  };
  if (isAllowed(request.identity, attempt)) return undefined;
  const scope = namespace === '' ? 'at the cluster scope' : `in the namespace "${namespace}"`;
  const what = `cannot ${verb} resource "${attempt.resource}" in API group "${resource.group}" ${scope}`;
  const object = `${qualifiedName(resource)}${name === '' ? '' : ` "${name}"`}`;
  const message = `${object} is forbidden: User "${request.identity.user}" ${what}`;
  return { refused: refusal(403, 'Forbidden', message, { details: { ...(name && { name }), kind: resource.plural } }) };
}

function deleted({ group, plural }: Resource, { metadata }: KubeObject): object {
  const details = { name: metadata.name, ...(group !== '' && { group }), kind: plural, uid: metadata.uid };
  return { kind: 'Status', apiVersion: 'v1', metadata: {}, status: 'Success', details };
}

function notAllowed({ method }: ApiRequest): Answer {
  return {
    refused: refusal(
      405,
      'MethodNotAllowed',
      `the server does not allow this method on the requested resource (${method})`,
    ),
  };
}

type Body = { readonly body: object } | { readonly refused: Refusal };

function asBody(outcome: Outcome): Body {
  return 'refused' in outcome ? outcome : { body: outcome.object };
}

function fine(result: Body): Answer {
  return 'refused' in result ? result : { code: 200, body: result.body };
}

function created(result: Body): Answer {
  return 'refused' in result ? result : { code: 201, body: result.body };
}
