import { isNodemendError, NodemendError } from '../../../errors/nodemend-error.ts';
import { metadataOf } from '../../../actions/read-object.ts';
import { fieldManager, managedByLabel } from '../../../actions/ownership.ts';
import type { JsonObject, KubernetesApi } from '../../../kubernetes/api.ts';
import { apiPath } from '../../../kubernetes/api-path.ts';
import { clusterRecordShape, type ClusterRecord } from './cluster-record.ts';

/** A record and the version in which it was read: it is only written over in this one. */
export interface StoredRecord {
  readonly record: ClusterRecord;
  readonly resourceVersion: string;
  /** Where it lies. */
  readonly namespace: string;
}

/** Where the records of a cluster are. */
export interface RecordPlace {
  readonly api: KubernetesApi;
  readonly namespace: string;
  /** Where nodemend 0.1 kept them: anyone who can read there still finds its runs, and no new one is written there. */
  readonly formerly: string;
}

const recordLabel = 'nodemend.dev/record';
const recordSelector = `${managedByLabel}=${fieldManager},${recordLabel}=run`;
/** The actions apart from what changes with every step: people read both. */
const keys = { head: 'run.json', actions: 'actions.json' } as const;
/**
 * A ConfigMap may hold 1 MiB with its names (apimachinery, core validation: MaxSecretSize, and etcd's own limit of 1.5
 * MiB a request).
 */
const maxBytes = 1000 * 1024;

/** @throws NodemendError CLUSTER_RECORD_TOO_LARGE, CLUSTER_RECORD_NAMESPACE_MISSING, API_… */
export async function createRecord({ api, namespace }: RecordPlace, record: ClusterRecord): Promise<StoredRecord> {
  try {
    return await api.create(recordsPath(namespace), recordObject(namespace, record), (raw) => ({
      record,
      resourceVersion: metadataOf(raw).resourceVersion,
      namespace,
    }));
  } catch (error) {
    if (!isNodemendError(error) || error.code !== 'API_NOT_FOUND') throw error;
    throw new NodemendError('CLUSTER_RECORD_NAMESPACE_MISSING', { namespace }, { cause: error });
  }
}

/** Undefined where the cluster has none of this run. @throws NodemendError CLUSTER_RECORD_INVALID, API_… */
export async function readRecord({ api, ...place }: RecordPlace, run: string): Promise<StoredRecord | undefined> {
  const readIn = async (namespace: string): Promise<StoredRecord | undefined> => {
    try {
      return await api.get(`${recordsPath(namespace)}/${recordName(run)}`, (raw) => stored(raw, run, namespace));
    } catch (error) {
      if (isNodemendError(error) && error.code === 'API_NOT_FOUND') return undefined;
      throw error;
    }
  };
  const found = await readIn(place.namespace);
  if (found !== undefined || !(await maySee(api, place.formerly, 'get'))) return found;
  return readIn(place.formerly);
}

/** All runs that changed objects of the cluster; one that cannot be read is named. */
export async function listRecords(
  { api, namespace, formerly }: RecordPlace,
  signal: AbortSignal,
): Promise<readonly (StoredRecord | NodemendError)[]> {
  const listIn = async (place: string): Promise<readonly (StoredRecord | NodemendError)[]> =>
    api.list(recordsPath(place), { labelSelector: recordSelector, signal, project: (raw) => readOrFault(raw, place) });
  const records = await listIn(namespace);
  return (await maySee(api, formerly, 'list', signal)) ? [...records, ...(await listIn(formerly))] : records;
}

/**
 * The shipped role no longer reads where records formerly were, and a request that is known to be refused is a line in
 * somebody's audit log. A user who cannot ask what they may is taken for somebody who cannot.
 */
async function maySee(
  api: KubernetesApi,
  namespace: string,
  verb: 'get' | 'list',
  signal?: AbortSignal,
): Promise<boolean> {
  try {
    const [allowed = false] = await api.canI([{ verb, group: '', resource: 'configmaps', namespace }], signal);
    return allowed;
  } catch (error) {
    if (isNodemendError(error) && error.code === 'API_FORBIDDEN') return false;
    throw error;
  }
}

/**
 * Writes a record over the version that was read. @throws NodemendError CLUSTER_RECORD_TAKEN when somebody else wrote
 * meanwhile; API_…
 */
export async function replaceRecord(
  { api }: Pick<RecordPlace, 'api'>,
  { record, resourceVersion, namespace }: StoredRecord,
): Promise<StoredRecord> {
  try {
    return await api.replace(
      `${recordsPath(namespace)}/${recordName(record.run)}`,
      recordObject(namespace, record, resourceVersion),
      (raw) => ({
        record,
        resourceVersion: metadataOf(raw).resourceVersion,
        namespace,
      }),
    );
  } catch (error) {
    if (isNodemendError(error) && error.code === 'API_CONFLICT')
      throw new NodemendError(
        'CLUSTER_RECORD_TAKEN',
        { run: record.run, name: recordName(record.run) },
        { cause: error },
      );
    throw error;
  }
}

export function recordName(run: string): string {
  return `nodemend-run-${run}`;
}

function recordsPath(namespace: string): string {
  return apiPath({ group: '', version: 'v1', namespace, resource: 'configmaps' });
}

function recordObject(namespace: string, record: ClusterRecord, resourceVersion?: string): JsonObject {
  const { actions, ...head } = record;
  const data = { [keys.head]: JSON.stringify(head, null, 2), [keys.actions]: JSON.stringify(actions, null, 2) };
  const bytes = Object.values(data).reduce((sum, text) => sum + Buffer.byteLength(text), 0);
  if (bytes > maxBytes)
    throw new NodemendError('CLUSTER_RECORD_TOO_LARGE', { count: actions.length, size: bytes, max: maxBytes });
  return {
    apiVersion: 'v1',
    kind: 'ConfigMap',
    metadata: {
      name: recordName(record.run),
      namespace,
      labels: { [managedByLabel]: fieldManager, [recordLabel]: 'run' },
      ...(resourceVersion === undefined ? {} : { resourceVersion }),
    },
    data,
  };
}

function readOrFault(raw: JsonObject, namespace: string): StoredRecord | NodemendError {
  const { name } = raw['metadata'] as { readonly name?: string };
  try {
    return stored(raw, (name ?? '').slice(recordName('').length), namespace);
  } catch (error) {
    if (isNodemendError(error)) return error;
    throw error;
  }
}

/** @throws NodemendError CLUSTER_RECORD_INVALID for one that was edited, or that a newer version wrote. */
function stored(raw: JsonObject, run: string, namespace: string): StoredRecord {
  const { data = {} } = raw as { readonly data?: Readonly<Record<string, string>> };
  const parsed = clusterRecordShape.safeParse(parse(data));
  if (!parsed.success || parsed.data.run !== run) {
    const [issue] = parsed.success ? [] : parsed.error.issues;
    throw new NodemendError('CLUSTER_RECORD_INVALID', {
      name: recordName(run),
      problem: issue ? `${issue.path.join('.') || 'data'}: ${issue.message}` : 'of another run',
    });
  }
  return { record: parsed.data, resourceVersion: metadataOf(raw).resourceVersion, namespace };
}

function parse(data: Readonly<Record<string, string>>): unknown {
  try {
    const head = JSON.parse(data[keys.head] ?? '') as object;
    return { ...head, actions: JSON.parse(data[keys.actions] ?? '') as unknown };
  } catch {
    return undefined;
  }
}
