import type {
  CalicoFacts,
  CalicoNodeTemplate,
  FelixConfiguration,
  TemplateVariable,
  VariableSource,
} from '../evidence/calico/calico-facts.ts';
import type { Observed } from '../evidence/evidence.ts';

/** A setting of Felix, as FelixConfigurations call it: its variable is the same word behind `FELIX_`, in any case. */
export type FelixField =
  | 'bpfEnabled'
  | 'bpfConnectTimeLoadBalancing'
  | 'bpfConnectTimeLoadBalancingEnabled'
  | 'bpfHostNetworkedNATWithoutCTLB';

/** What Felix is told by, in the DaemonSet and beside it. */
export interface FelixSources extends Omit<CalicoFacts, 'nodeEvents'> {
  readonly namespace: string;
  readonly template: CalicoNodeTemplate;
}

/** The setting that a variable is of, in lower case; undefined for one that is not Felix's. */
export function felixVariable(name: string): string | undefined {
  return /^felix_(.+)$/i.exec(name)?.[1]?.toLowerCase();
}

const unproven = (detail: string) => ({ state: 'unknown', reason: 'unproven', detail }) as const;

/**
 * What is in force, of all nodes, each value once: what was written, undefined for Felix's default. A variable is in
 * force before FelixConfigurations, and of these a node's own before the cluster's (projectcalico.org, "Configuring
 * Felix"; felix/config/config_params.go). Pure.
 */
export function felixSetting(field: FelixField, sources: FelixSources): Observed<readonly (string | undefined)[]> {
  const told = ofVariables(field, sources);
  if (told.state !== 'seen') return told;
  return told.value === undefined ? ofDatastore(field, sources) : { state: 'seen', value: [told.value] };
}

/** Whether no FelixConfiguration can change it. */
export function isSetByVariable(field: FelixField, sources: FelixSources): boolean {
  const told = ofVariables(field, sources);
  return told.state === 'seen' && told.value !== undefined;
}

/** A container's own variables are in force before those that it has of other objects. */
function ofVariables(field: FelixField, sources: FelixSources): Observed<string | undefined> {
  const wanted = field.toLowerCase();
  const own = sources.template.variables.filter(({ name }) => felixVariable(name) === wanted);
  if (own.length > 0) return oneValue(own);
  const others = sources.template.from.map((source) => ofSource(wanted, source, sources));
  const lost = others.find(({ state }) => state !== 'seen');
  // Of two that have the same name the last one is in force.
  return lost ?? others.findLast((one) => one.state === 'seen' && one.value !== undefined) ?? notSet;
}

const notSet = { state: 'seen', value: undefined } as const;

function oneValue(own: readonly TemplateVariable[]): Observed<string> {
  const [value, ...others] = new Set(own.map((one) => one.value));
  if (value === undefined) return unproven(`${own[0]?.name} comes from another object`);
  return others.length === 0
    ? { state: 'seen', value }
    : unproven(`${own.map(({ name }) => name).join(' and ')} differ`);
}

function ofSource(
  wanted: string,
  { kind, name, prefix = '' }: VariableSource,
  { namespace, endpoint }: FelixSources,
): Observed<string | undefined> {
  if (kind !== 'ConfigMap' || name !== 'kubernetes-services-endpoint' || namespace !== 'kube-system')
    return unproven(`variables of ${kind}/${name} are not read`);
  if (endpoint.state !== 'seen') return endpoint;
  const found = Object.entries(endpoint.value === 'absent' ? {} : endpoint.value).find(
    ([key]) => felixVariable(`${prefix}${key}`) === wanted,
  );
  return { state: 'seen', value: found?.[1] };
}

/** The one that Calico has; etcd where nobody says (libcalico-go, `DATASTORE_TYPE`). Undefined where that is not known. */
export function datastoreOf({ template: { variables } }: Pick<FelixSources, 'template'>): 'etcd' | 'api' | undefined {
  const said = variables.find(({ name }) => name === 'DATASTORE_TYPE');
  if (said === undefined) return 'etcd';
  return said.value === undefined ? undefined : said.value === 'kubernetes' ? 'api' : 'etcd';
}

/** Nobody asks etcd here. */
const inEtcd = { state: 'not-looked-at', enable: 'calicoctl get felixconfiguration default -o yaml' } as const;

function ofDatastore(field: FelixField, sources: FelixSources): Observed<readonly (string | undefined)[]> {
  const datastore = datastoreOf(sources);
  if (datastore === 'etcd') return inEtcd;
  if (datastore === undefined) return unproven('DATASTORE_TYPE comes from another object');
  const { felix } = sources;
  if (felix.state !== 'seen') return felix;
  if (felix.value === 'absent') return unproven('the API server has no FelixConfigurations');
  const settingOf = ({ settings }: FelixConfiguration): string | undefined => settings[field];
  const cluster = felix.value.filter(({ name }) => name === 'default').map(settingOf);
  const nodes = felix.value
    .filter(({ name }) => name.startsWith('node.'))
    .map(settingOf)
    .filter((value) => value !== undefined);
  return { state: 'seen', value: [...new Set([...(cluster.length === 0 ? [undefined] : cluster), ...nodes])] };
}

const yes = new Set(['true', '1', 'yes', 'y', 't']);
const no = new Set(['false', '0', 'no', 'n', 'f']);

/** Whether any node's Felix uses eBPF; by default none does (felix/config/param_types.go, BoolParam). */
export function usesBpf(sources: FelixSources): Observed<boolean> {
  const values = felixSetting('bpfEnabled', sources);
  if (values.state !== 'seen') return values;
  const words = values.value.map((value) => (value ?? 'false').trim().toLowerCase());
  if (words.some((word) => yes.has(word))) return { state: 'seen', value: true };
  const strange = words.find((word) => !no.has(word));
  return strange === undefined ? { state: 'seen', value: false } : unproven(`bpfEnabled is ${strange}`);
}
