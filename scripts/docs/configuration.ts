import { z } from 'zod';
import { expectedType, type SchemaNode } from '../../src/app/configuration/expected-type.ts';
import { configurationSchema, hostsFileSchema } from '../../src/app/configuration/schema.ts';
import { languages, type Language } from '../../src/locales/language.ts';
import { configurationExample, hostLinesExample, hostsYamlExample } from './examples.ts';
import { generated, type Page } from './page.ts';
import { pagePath, wordsOf, type Words } from './words.ts';

const schemas = [
  { name: 'configuration', schema: configurationSchema },
  { name: 'hosts-file', schema: hostsFileSchema },
] as const;

/** The page of the configuration and of hosts files, and the JSON Schemas that editors use. */
export const configurationPages: readonly Page[] = [
  ...schemas.map(({ name, schema }) => ({
    path: `docs/reference/${name}.schema.json`,
    render: () => renderSchema(name, schema),
  })),
  ...languages.map((language) => ({ path: pagePath('configuration', language), render: () => renderPage(language) })),
];

function renderSchema(name: string, schema: z.ZodType): string {
  const { $schema, ...rest } = z.toJSONSchema(schema) as SchemaNode & { readonly $schema: string };
  const t = wordsOf('en');
  const described = describe(rest, [], (path) => t(`${name}.key.${path}`));
  return (
    `${JSON.stringify({ $schema, $id: `https://nodemend.dev/${name}/v1`, title: t(`${name}.schemaTitle`), ...described }, undefined, 2)}` +
    '\n'
  );
}

/** Puts the description of each key into its place; a list's items share the path of the list. */
function describe(node: SchemaNode, path: readonly string[], text: (path: string) => string): SchemaNode {
  const description = path.length === 0 ? {} : { description: text(path.join('/')) };
  const properties =
    node.properties &&
    Object.fromEntries(
      Object.entries(node.properties).map(([key, child]) => [key, describe(child, [...path, key], text)]),
    );
  const inner = (child: SchemaNode): SchemaNode => withoutOwn(describe(child, path, text), child);
  return {
    ...node,
    ...description,
    ...(properties ? { properties } : {}),
    ...(node.items ? { items: inner(node.items) } : {}),
    ...(node.anyOf ? { anyOf: node.anyOf.map(inner) } : {}),
  };
}

/** An item or an alternative is described by its parent. */
function withoutOwn(described: SchemaNode, { description }: SchemaNode): SchemaNode {
  const { description: _parents, ...rest } = described;
  return description === undefined ? rest : { ...rest, description };
}

function renderPage(language: Language): string {
  const t = wordsOf(language);
  const root = z.toJSONSchema(configurationSchema) as SchemaNode;
  const hosts = z.toJSONSchema(hostsFileSchema) as SchemaNode;
  return (
    [
      generated,
      `# ${t('configuration.title')}`,
      t('configuration.intro'),
      t('configuration.schema'),
      `## ${t('configuration.exampleTitle')}`,
      fenced('yaml', configurationExample),
      `## ${t('configuration.keysTitle')}`,
      keyTable(root, 'configuration', t),
      `## ${t('hosts-file.title')}`,
      t('hosts-file.intro'),
      fenced('text', hostLinesExample),
      t('hosts-file.yaml'),
      fenced('yaml', hostsYamlExample),
      keyTable(hosts, 'hosts-file', t),
      t('hosts-file.rules'),
    ].join('\n\n') + '\n'
  );
}

function keyTable(root: SchemaNode, name: string, t: Words): string {
  const head = [
    `| ${t('configuration.column.key')} | ${t('configuration.column.value')} | ${t('configuration.column.meaning')} |`,
    '| --- | --- | --- |',
  ];
  const rows = keysOf(root, []).map(({ path, node, required }) => {
    const value = `\`${expectedType(node).replaceAll('|', String.raw`\|`)}\`${required ? `, ${t('configuration.required')}` : ''}`;
    return `| \`${shown(path)}\` | ${value} | ${t(`${name}.key.${path.filter((step) => step !== '[]').join('/')}`)} |`;
  });
  return [...head, ...rows].join('\n');
}

interface Key {
  readonly path: readonly string[];
  readonly node: SchemaNode;
  readonly required: boolean;
}

function keysOf(node: SchemaNode, path: readonly string[]): readonly Key[] {
  const own = Object.entries(node.properties ?? {}).flatMap(([key, child]) => [
    { path: [...path, key], node: child, required: node.required?.includes(key) ?? false },
    ...keysOf(child, [...path, key]),
  ]);
  return [
    ...own,
    ...(node.items ? keysOf(node.items, [...path, '[]']) : []),
    ...(node.anyOf ?? []).flatMap((one) => keysOf(one, path)),
  ];
}

function shown(path: readonly string[]): string {
  return path.join('.').replaceAll('.[]', '[]');
}

function fenced(language: string, text: string): string {
  return `\`\`\`${language}\n${text.trimEnd()}\n\`\`\``;
}
