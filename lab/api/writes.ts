import { isFields, textAt, type Fields, type KubeObject, type Metadata } from './objects.ts';
import { hasUnknownDirective, mergePatch, strategicPatch } from './patches.ts';
import type { ApiRequest, Target } from './request.ts';
import { kinds, qualifiedName } from './resources.ts';
import { badRequest, invalid, refusal, type Refusal } from './status.ts';
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
  return store.replace(target.resource, body.object, dryRunOf(request));
}

const patchers: Readonly<Record<string, (target: unknown, patch: unknown) => unknown>> = {
  'application/merge-patch+json': mergePatch,
  'application/strategic-merge-patch+json': strategicPatch,
};

/** PATCH of one object, merge or strategic; the other two kinds are refused by name. */
export function patch(store: ObjectStore, request: ApiRequest, target: Target): Outcome {
  const patcher = patchers[request.contentType];
  if (!patcher) {
    const message = `the body of the request was in an unknown format - the practice cluster accepts ${Object.keys(patchers).join(', ')}`;
    return { refused: refusal(415, 'UnsupportedMediaType', message) };
  }
  if (!isFields(request.body)) return { refused: badRequest('the patch is not a JSON object') };
  if (patcher === strategicPatch && hasUnknownDirective(request.body)) {
    return { refused: badRequest('the practice cluster understands no patch directive but $patch: delete') };
  }
  const found = store.get(target.resource, target.namespace, target.name);
  if ('refused' in found) return found;
  const patched = patcher(found.object, request.body) as KubeObject;
  return store.replace(target.resource, patched, dryRunOf(request));
}

export function dryRunOf(request: ApiRequest): WriteOptions {
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
