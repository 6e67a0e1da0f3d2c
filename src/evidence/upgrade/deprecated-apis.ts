import type { DeprecatedApi } from './upgrade.ts';

const line = /^apiserver_requested_deprecated_apis\{([^}]*)\} (\S+)$/gmu;
const label = /(\w+)="((?:[^"\\]|\\.)*)"/gu;

/**
 * Of the API server's own metrics the resources that somebody asked for although a later release is without them
 * (apiserver pkg/endpoints/metrics, `apiserver_requested_deprecated_apis`). Of several API servers only that one tells
 * which answered.
 * @returns undefined for another text: the server always prints metrics of its own, and a login page has none
 */
export function deprecatedApis(metrics: string): readonly DeprecatedApi[] | undefined {
  if (!/^apiserver_\w+(?:\{[^}]*\})? \S+$/mu.test(metrics)) return undefined;
  const found = [...metrics.matchAll(line)].flatMap(([, labels = '', value]) => {
    const of = new Map([...labels.matchAll(label)].map(([, name = '', said = '']) => [name, said]));
    const removedRelease = of.get('removed_release') ?? '';
    // One that is deprecated, and no release without it is named, stands in nobody's way.
    if (Number(value) === 0 || removedRelease === '') return [];
    const [group = '', version = '', resource = ''] = ['group', 'version', 'resource'].map((name) => of.get(name));
    return [{ group, version, resource, removedRelease }];
  });
  return [...new Map(found.map((one) => [JSON.stringify(one), one])).values()];
}
