import { isFields, textAt, type Fields, type KubeObject, type Metadata } from './objects.ts';
import { applied } from './apply.ts';
import { afterWrite, withOwnership, type Manager } from './field-ownership.ts';
import { hasUnknownDirective, jsonPatch, mergePatch, strategicPatch } from './patches.ts';
import type { ApiRequest, Target } from './request.ts';
import { kinds, qualifiedName } from './resources.ts';
import { badRequest, conflict, invalid, refusal, type Refusal } from './status.ts';
import type { ObjectStore, Outcome, WriteOptions } from './store.ts';

/** POST to a collection. */
export function create(store: ObjectStore, request: ApiRequest, target: Target): Outcome {
  const body = objectIn(request.body, target);
  if ('refused' in body) return body;
  const { namespace } = target;
  if (namespace !== '') {
    const home = store.get(kinds.Namespace, '', namespace);
    if ('refused' in home) return home;
  }
  if (!body.object.metadata.name)
    return { refused: invalid(target.resource, '', 'metadata.name: Required value: name or generateName is required') };
  return store.create(target.resource, body.object, dryRunOf(request));
}

/**
 * PUT of one object. A Lease has to say which version it replaces; the others may be replaced blindly, as in
 * Kubernetes.
 */
export function replace(store: ObjectStore, request: ApiRequest, target: Target): Outcome {
  const body = objectIn(request.body, target);
  if ('refused' in body) return body;
  const { name, resourceVersion } = body.object.metadata;
  if (name !== target.name)
    return {
      refused: badRequest(`the name of the object (${name}) does not match the name on the URL (${target.name})`),
    };
  if (target.resource.kind === 'Lease' && !resourceVersion) {
    return {
      refused: invalid(
        target.resource,
        name,
        'metadata.resourceVersion: Invalid value: 0x0: must be specified for an update',
      ),
    };
  }
  const found = store.get(target.resource, target.namespace, target.name);
  if ('refused' in found) return found;
  return store.replace(target.resource, owned(found.object, body.object, request), dryRunOf(request));
}

const patchers: Readonly<Record<string, (target: unknown, patch: unknown) => unknown>> = {
  'application/merge-patch+json': mergePatch,
  'application/strategic-merge-patch+json': strategicPatch,
  'application/json-patch+json': jsonPatch,
};

/** PATCH of one object. */
export function patch(store: ObjectStore, request: ApiRequest, target: Target): Outcome {
  if (request.contentType === 'application/apply-patch+yaml') return apply(store, request, target);
  const patcher = patchers[request.contentType];
  if (!patcher) {
    const message = `the body of the request was in an unknown format - the practice cluster accepts ${Object.keys(patchers).join(', ')}`;
    return { refused: refusal(415, 'UnsupportedMediaType', message) };
  }
  if (patcher === jsonPatch ? !Array.isArray(request.body) : !isFields(request.body))
    return { refused: badRequest('the patch is not a JSON object') };
  if (patcher === strategicPatch && hasUnknownDirective(request.body)) {
    return { refused: badRequest('the practice cluster understands no patch directive but $patch: delete') };
  }
  const found = store.get(target.resource, target.namespace, target.name);
  if ('refused' in found) return found;
  const patched = patcher(found.object, request.body) as KubeObject | undefined;
  if (patched === undefined) return { refused: untestable() };
  return store.replace(target.resource, owned(found.object, patched, request), dryRunOf(request));
}

/** As a real server says it of a test that fails, and of a path that leads nowhere. */
function untestable(): Refusal {
  return refusal(422, 'Invalid', 'the server rejected our request due to an error in our request', { details: {} });
}

/** Server-side apply makes what is not there. What names a version or a UID is only for that very object. */
function apply(store: ObjectStore, request: ApiRequest, target: Target): Outcome {
  const body = objectIn(request.body, target);
  if ('refused' in body) return body;
  const options = { by: managerOf(request, 'Apply'), force: request.query.get('force') === 'true' };
  const { uid, resourceVersion } = body.object.metadata;
  const found = store.get(target.resource, target.namespace, target.name);
  if ('refused' in found) {
    if (uid !== undefined || resourceVersion !== undefined) return { refused: conflict(target.resource, target.name) };
    const made = applied({ ...body.object, metadata: { name: target.name } }, body.object, options);
    return 'refused' in made ? made : store.create(target.resource, made.object, dryRunOf(request));
  }
  if (uid !== undefined && uid !== found.object.metadata.uid)
    return { refused: conflict(target.resource, target.name) };
  const changed = applied(found.object, body.object, options);
  return 'refused' in changed ? changed : store.replace(target.resource, changed.object, dryRunOf(request));
}

/** The book-keeping goes on where server-side apply has begun it. */
function owned(before: KubeObject, after: KubeObject, request: ApiRequest): KubeObject {
  if (before.metadata['managedFields'] === undefined) return after;
  return withOwnership(after, afterWrite(before, after, managerOf(request, 'Update')));
}

function managerOf({ query }: ApiRequest, operation: Manager['operation']): Manager {
  return { manager: query.get('fieldManager') ?? 'unknown', operation };
}

/** DELETE of one object; the body may name the version that is meant. */
export function remove(store: ObjectStore, request: ApiRequest, target: Target): Outcome {
  const { resource, namespace, name } = target;
  const found = store.get(resource, namespace, name);
  if ('refused' in found) return found;
  const wanted = isFields(request.body) ? request.body['preconditions'] : undefined;
  const { uid, resourceVersion } = found.object.metadata;
  const isMeant = Object.entries({ uid, resourceVersion }).every(
    ([key, value]) => !isFields(wanted) || wanted[key] === undefined || wanted[key] === value,
  );
  return isMeant ? store.remove(resource, namespace, name, dryRunOf(request)) : { refused: conflict(resource, name) };
}

function dryRunOf(request: ApiRequest): WriteOptions {
  return { dryRun: request.query.get('dryRun') === 'All' };
}

/** The request's object, put where the URL says. */
function objectIn(body: unknown, target: Target): { readonly object: KubeObject } | { readonly refused: Refusal } {
  if (!isFields(body))
    return { refused: badRequest('the object provided is unrecognized (must be of type JSON object)') };
  const { kind } = target.resource;
  if (body['kind'] !== undefined && body['kind'] !== kind) {
    return {
      refused: badRequest(
        `${textAt(body, 'kind')} in version "${textAt(body, 'apiVersion')}" cannot be handled as a ${kind}: unknown conversion`,
      ),
    };
  }
  const metadata = metadataOf(body);
  const { namespace } = target;
  if (namespace !== '' && metadata.namespace !== undefined && metadata.namespace !== namespace) {
    return {
      refused: badRequest(
        `the namespace of the provided object does not match the namespace sent on the request (${qualifiedName(target.resource)})`,
      ),
    };
  }
  return { object: { ...body, metadata: { ...metadata, ...(namespace !== '' && { namespace }) } } as KubeObject };
}

function metadataOf(body: Fields): Metadata {
  const metadata = body['metadata'];
  return (isFields(metadata) ? metadata : { name: '' }) as Metadata;
}
