import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseAllDocuments } from 'yaml';

const root = join(import.meta.dirname, '../..');
export const deployFolder = join(root, 'deploy');

/** Paths below `deploy/`. */
export function shippedFiles(): readonly string[] {
  return readdirSync(deployFolder, { recursive: true, encoding: 'utf8' })
    .filter((file) => file.endsWith('.yaml'))
    .toSorted();
}

/** What tests look at in an object of `deploy/`. */
export interface ShippedObject {
  readonly kind: string;
  readonly metadata: { readonly name: string; readonly namespace?: string };
  readonly roleRef?: { readonly name: string };
  readonly rules?: readonly Rule[];
  readonly data?: Readonly<Record<string, string>>;
  readonly spec?: object;
}

export interface Rule {
  /** Absent, as `resources`, in a rule of paths that are no objects. */
  readonly apiGroups?: readonly string[];
  readonly resources?: readonly string[];
  readonly nonResourceURLs?: readonly string[];
  readonly resourceNames?: readonly string[];
  readonly verbs: readonly string[];
}

/** The objects of one file of `deploy/`. Read as kubectl does, where 0400 is an octal number. */
export function shippedObjects(file: string): readonly ShippedObject[] {
  return parseAllDocuments(readFileSync(join(deployFolder, file), 'utf8'), { version: '1.1' }).map(
    (document) => document.toJS() as ShippedObject,
  );
}

export interface Permission {
  /** `ClusterRole nodemend-read`, or `Role nodemend-change -n nodemend`. */
  readonly role: string;
  readonly verb: string;
  readonly group: string;
  readonly resource: string;
  readonly name?: string;
  readonly namespace?: string;
}

/** Everything that the roles among some objects allow, one by one. */
export function permissionsOf(
  objects: readonly Pick<ShippedObject, 'kind' | 'metadata' | 'rules'>[],
): readonly Permission[] {
  return objects.flatMap(({ kind, metadata: { name: role, namespace }, rules = [] }) =>
    rules.flatMap(({ apiGroups = [''], resources, nonResourceURLs = [], resourceNames = [undefined], verbs }) =>
      apiGroups.flatMap((group) =>
        (resources ?? nonResourceURLs).flatMap((resource) =>
          resourceNames.flatMap((name) =>
            verbs.map((verb) => ({
              role: `${kind} ${role}${namespace === undefined ? '' : ` -n ${namespace}`}`,
              verb,
              group,
              resource,
              ...(name === undefined ? {} : { name }),
              ...(namespace === undefined ? {} : { namespace }),
            })),
          ),
        ),
      ),
    ),
  );
}

/** In one line: `get leases.coordination.k8s.io/nodemend-run -n nodemend`. */
export function permissionText({ verb, group, resource, name, namespace }: Omit<Permission, 'role'>): string {
  return (
    `${verb} ${resource}${group === '' ? '' : `.${group}`}${name === undefined ? '' : `/${name}`}` +
    `${namespace === undefined ? '' : ` -n ${namespace}`}`
  );
}
