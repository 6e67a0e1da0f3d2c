import { isNodemendError, NodemendError } from '../../errors/nodemend-error.ts';
import { readSwitch, switchOn } from '../../gcfg/switch.ts';
import { apiPath } from '../../kubernetes/api-path.ts';
import type { JsonObject, KubernetesApi } from '../../kubernetes/api.ts';
import { object, text, texts } from '../../kubernetes/json-fields.ts';
import type { Observed } from '../evidence.ts';
import { seeing } from '../unknown.ts';
import { marksOf } from '../workloads/ownership-marks.ts';
import type { CinderConfig } from './cinder-config.ts';

/** Where NKS keeps it (its user guide, and its guide's own script). */
const cinderNamespace = 'kube-system';
const secret = {
  group: '',
  version: 'v1',
  namespace: cinderNamespace,
  resource: 'secrets',
  name: 'cinder-csi-cloud-config',
};

/** The file: NKS's name for it, and upstream's (cloud-provider-openstack, charts and manifests). */
const files = ['cloud-config', 'cloud.conf'] as const;

const rescan = { section: 'BlockStorage', name: 'rescan-on-resize' };

/** Of every Run that wrote it, `nodemend.dev/run` (`actions/ownership.ts`). */
const runAnnotation = 'nodemend.dev/run';

/** Reads the one Secret by its name, if its namespace was named for it, and takes it apart where it arrives. */
export async function collectCinderConfig(
  api: KubernetesApi,
  { namespaces, signal }: { readonly namespaces: readonly string[]; readonly signal: AbortSignal },
): Promise<Observed<CinderConfig | 'absent'>> {
  if (!namespaces.includes(cinderNamespace))
    return { state: 'not-looked-at', enable: `--use-secrets ${cinderNamespace}` };
  const path = apiPath(secret);
  return seeing(async () => {
    const read = await api.get(path, projectCinderConfig, signal).catch((error: unknown) => {
      if (isNodemendError(error) && error.code === 'API_NOT_FOUND') return 'absent' as const;
      throw error;
    });
    if (read !== undefined) return read;
    const problem = `it has no ${files.join(' or ')} that is text`;
    throw new NodemendError('API_ANSWER_INVALID', { server: api.server, path, problem });
  });
}

/** Undefined without such a file in UTF-8. */
export function projectCinderConfig(raw: JsonObject): CinderConfig | undefined {
  const data = texts(raw['data']);
  const file = files.find((name) => data[name] !== undefined);
  const bytes = Buffer.from(data[file ?? ''] ?? '', 'base64');
  const content = bytes.toString('utf8');
  if (file === undefined || !Buffer.from(content, 'utf8').equals(bytes)) return undefined;
  const metadata = object(raw['metadata']);
  const writtenBy = text(object(metadata['annotations'])[runAnnotation]);
  const marks = marksOf(metadata);
  const splice = switchOn(content, rescan);
  return {
    uid: text(metadata['uid']),
    resourceVersion: text(metadata['resourceVersion']),
    ...(writtenBy === '' ? {} : { writtenBy }),
    ...(marks === undefined ? {} : { marks }),
    ...(raw['immutable'] === true ? { immutable: true as const } : {}),
    file,
    rescan: readSwitch(content, rescan) ?? 'broken',
    ...(splice === undefined ? {} : { splice }),
  };
}
