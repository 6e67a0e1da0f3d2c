import { alwaysTheCause, retiredRegistries, type RetiredRegistry } from '../registry/retired-registries.ts';

/** In an image reference, or in a URL of the registry's API, which has `/v2/` between host and repository. */
function mention({ registry, repositories }: RetiredRegistry): RegExp {
  const host = `(?<![a-z0-9.-])${RegExp.escape(registry)}(?![a-z0-9.-]*[a-z0-9-])`;
  const path =
    repositories === undefined ? '' : `/(?:v2/)?(?:${repositories.map((name) => RegExp.escape(name)).join('|')})`;
  return new RegExp(host + path);
}

const always = mention(alwaysTheCause);
const all = retiredRegistries.map(mention);

export const namesGitHubsOldRegistry = (text: string): boolean => always.test(text);

export const namesRetiredRegistry = (text: string): boolean => all.some((pattern) => pattern.test(text));
