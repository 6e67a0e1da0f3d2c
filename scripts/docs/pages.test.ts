import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Ajv2020 } from 'ajv/dist/2020.js';
import { expect, test } from 'vitest';
import { parse } from 'yaml';
import type { Command } from 'commander';
import { createTexts } from '../../src/app/texts/texts.ts';
import { commandsOfScope, exitCodes, exitPrecedence } from '../../src/cli/exit-codes.ts';
import { buildProgram, commandNames } from '../../src/cli/program.ts';
import { readHostsFile, type HostEntry } from '../../src/app/configuration/hosts-file.ts';
import { parseConfiguration } from '../../src/app/configuration/parse.ts';
import { catalogue } from '../../src/errors/catalogue.ts';
import { configurationPages } from './configuration.ts';
import { errorPages } from './errors.ts';
import { configurationExample, hostLinesExample, hostsYamlExample } from './examples.ts';
import { exitCodePages } from './exit-codes.ts';
import { schemaPages } from './schemas.ts';

const pages = [...errorPages, ...exitCodePages, ...configurationPages, ...schemaPages];

async function render(path: string): Promise<string> {
  const page = pages.find((one) => one.path === `docs/reference/${path}`);
  if (!page) throw new Error(`no page ${path}`);
  return page.render();
}

test.each(['errors.md', 'errors.ko.md'])('%s has every code, once, and no other', async (path) => {
  const headings = [...(await render(path)).matchAll(/^### (.*)$/gm)].map(([, code]) => code);

  expect(headings).toHaveLength(Object.keys(catalogue).length);
  expect(new Set(headings)).toEqual(new Set(Object.keys(catalogue)));
});

test.each(['errors.md', 'errors.ko.md'])('%s shows values and leaves no braces', async (path) => {
  const text = await render(path);

  expect(text).toContain('`<node>`');
  expect(text).not.toMatch(/\{\{|\}\}/);
});

test('the exit codes are frozen', async () => {
  expect(exitCodes.map(({ code, scope }) => `${code} ${scope}`)).toEqual([
    '0 all',
    '1 all',
    '2 all',
    '3 reading',
    '4 reading',
    '5 reading',
    '6 changing',
    '7 changing',
    '8 changing',
    '130 all',
  ]);
  expect(exitPrecedence).toEqual([1, 2, 3, 5, 4, 0]);
  for (const { code } of exitCodes) expect(await render('exit-codes.md')).toContain(`| ${code} |`);
});

test('every command has its exit codes, and no other has', async () => {
  const program = await buildProgram(createTexts('en', []), () => Promise.resolve());
  const leaves = (command: Command): readonly Command[] => [command, ...command.commands.flatMap(leaves)];
  const options = new Map(
    leaves(program).map((command) => [pathOf(command), command.options.map(({ long }) => long)] as const),
  );
  const listed = Object.values(commandsOfScope).flat();

  for (const words of listed) {
    const [path = '', option] = words.split(/ (?=--)/u);
    expect(options.get(path), words).toEqual(
      option === undefined ? expect.anything() : expect.arrayContaining([option]),
    );
  }
  const named = new Set(listed.map((words) => words.split(' ')[0]));
  expect(commandNames.filter((name) => !named.has(name))).toEqual([]);
  const page = await render('exit-codes.md');
  for (const words of listed) expect(page).toContain(`\`${words}\``);
});

function pathOf(command: Command): string {
  return command.parent?.parent ? `${pathOf(command.parent)} ${command.name()}` : command.name();
}

test("the examples are read as users' files are", async () => {
  expect(parseConfiguration({ path: 'example', text: configurationExample })).toEqual(parse(configurationExample));
  expect(await hosts(hostLinesExample)).toHaveLength(10);
  expect(await hosts(hostsYamlExample)).toHaveLength(3);
});

test('the examples hold to the published schemas', async () => {
  const ajv = new Ajv2020({ strict: true, allowUnionTypes: true });
  const configuration = ajv.compile(JSON.parse(await render('configuration.schema.json')) as object);
  const hostsFile = ajv.compile(JSON.parse(await render('hosts-file.schema.json')) as object);

  expect(configuration(parse(configurationExample)), JSON.stringify(configuration.errors)).toBe(true);
  expect(hostsFile(parse(hostsYamlExample)), JSON.stringify(hostsFile.errors)).toBe(true);
  expect(configuration({ sssh: {} })).toBe(false);
});

test('every key of the schema is described, on the page and for editors', async () => {
  const schema = JSON.parse(await render('configuration.schema.json')) as {
    readonly properties: Readonly<Record<string, { readonly description?: string }>>;
  };
  const page = await render('configuration.md');

  for (const [key, { description }] of Object.entries(schema.properties)) {
    expect(description, key).toMatch(/\w/);
    expect(page).toContain(`| \`${key}\` |`);
  }
  expect(page).toContain('| `nodeGroups[].bastion.host` | `host`, required |');
  expect(page).toContain(String.raw`| \`rollout.batches\` | \`[integer 1.. \| 10%, …]\` |`.replaceAll('\\`', '`'));
});

test('a page that cannot be written in full is not written', async () => {
  const { wordsOf } = await import('./words.ts');

  expect(() => wordsOf('ko')('errors.area.nowhere')).toThrow('no text errors.area.nowhere in ko');
});

async function hosts(text: string): Promise<readonly HostEntry[]> {
  const folder = await mkdtemp(join(tmpdir(), 'nodemend-docs-'));
  try {
    await writeFile(join(folder, 'hosts'), text);
    return await readHostsFile(join(folder, 'hosts'), undefined);
  } finally {
    await rm(folder, { recursive: true });
  }
}
