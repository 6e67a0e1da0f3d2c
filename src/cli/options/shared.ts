import { Command, Option } from 'commander';
import type { Translate } from '../../app/texts/texts.ts';
import { diagnoseFormats, type OutputFormat } from '../../app/configuration/output-format.ts';
import { parseTemplate } from '../render/json-path/template.ts';

/**
 * The option groups that commands share. Values are plain data, exactly as commander hands them over; what they mean
 * (ranges, files, defaults from the configuration) is decided in `session.ts`, not here, so that `--help` loads nothing
 * else.
 */

/** How a reading command prints. */
export interface OutputOptions {
  readonly output?: OutputFormat;
  readonly out?: string;
}

const viaKinds = ['ssh', 'system-ssh', 'pod', 'local'] as const;
/** Of a command that has a table for people, and a document for programs. */
export const documentFormats = ['table', 'json', 'yaml', 'markdown'] as const satisfies readonly OutputFormat[];
export const severities = ['low', 'medium', 'high', 'critical'] as const;

/** For options that may be repeated. */
export function collectWords(value: string, previous: readonly string[] | undefined): readonly string[] {
  return [...(previous ?? []), value];
}

export function languageOption(t: Translate): Option {
  return new Option('--lang <language>', t('option.lang')).choices(['ko', 'en']);
}

export function withCommon(command: Command, t: Translate): Command {
  return command.addOption(languageOption(t)).addOption(new Option('--config <file>', t('option.config')));
}

/** A command with its words, and the options that all have. */
export function namedCommand(name: string, t: Translate): Command {
  const command = new Command(name).summary(t(`command.${name}.summary`)).description(t(`command.${name}.description`));
  return withCommon(command, t);
}

/** One that asks a cluster or hosts, and their nodes. */
export function nodesCommand(name: string, t: Translate): Command {
  return withAccess(withTargets(namedCommand(name, t), t), t);
}

/** One that collects evidence. */
export function collectingCommand(name: string, t: Translate): Command {
  return withNamespace(withSecrets(withFurtherReads(withTimeout(nodesCommand(name, t), t), t), t), t);
}

/** On commands that collect evidence: what else has its own limits. */
export function withTimeout(command: Command, t: Translate): Command {
  return command.addOption(new Option('--timeout <seconds>', t('option.timeout')));
}

export function withTargets(command: Command, t: Translate): Command {
  return command
    .addOption(new Option('--kubeconfig <file>', t('option.kubeconfig')))
    .addOption(new Option('--context <name>', t('option.context')))
    .addOption(new Option('--hosts <file>', t('option.hosts')).conflicts(['kubeconfig', 'context', 'selector']))
    .addOption(new Option('-l, --selector <labels>', t('option.selector')))
    .addOption(new Option('--nodes <set>', t('option.nodes')))
    .addOption(new Option('--node-group <name>', t('option.nodeGroup')));
}

export function withAccess(command: Command, t: Translate): Command {
  return command
    .addOption(new Option('--via <transport>', t('option.via')).choices(viaKinds))
    .addOption(new Option('--user <name>', t('option.user')))
    .addOption(new Option('--port <number>', t('option.port')))
    .addOption(new Option('--identity <file>', t('option.identity')).argParser(collectWords))
    .addOption(new Option('--bastion <[user@]host[:port]>', t('option.bastion')))
    .addOption(new Option('--known-hosts <file>', t('option.knownHosts')).argParser(collectWords))
    .addOption(new Option('--host-keys <policy>', t('option.hostKeys')).choices(['strict', 'accept-new']))
    .addOption(new Option('--pod-image <image>', t('option.podImage')))
    .addOption(new Option('--pod-namespace <name>', t('option.podNamespace')))
    .addOption(new Option('--connect-timeout <seconds>', t('option.connectTimeout')));
}

/** On commands that look at workloads: as kubectl has it, only that all is what is looked at when nothing is said. */
function withNamespace(command: Command, t: Translate): Command {
  return command
    .addOption(new Option('-n, --namespace <name>', t('option.namespace')).conflicts('hosts'))
    .addOption(new Option('-A, --all-namespaces', t('option.allNamespaces')).conflicts(['namespace', 'hosts']));
}

/** On commands that collect evidence: what is only read when it is asked for. */
function withFurtherReads(command: Command, t: Translate): Command {
  return command
    .addOption(new Option('--read-kubelet', t('option.readKubelet')).conflicts('hosts'))
    .addOption(new Option('--custom-resources', t('option.customResources')).conflicts('hosts'));
}

/** On commands that may read Secrets: never without this, and never of another namespace. */
function withSecrets(command: Command, t: Translate): Command {
  return command.addOption(
    new Option('--use-secrets <namespaces>', t('option.useSecrets')).argParser(collectWords).conflicts('hosts'),
  );
}

/** `-o`; the first format is what is printed without it. */
export function outputOption(t: Translate, formats: readonly OutputFormat[]): Option {
  return formatOption(t, formats).default(formats[0]);
}

const jsonPath = 'jsonpath=';

/** What has a document has its parts as well. */
function formatOption(t: Translate, formats: readonly OutputFormat[]): Option {
  const option = new Option('-o, --output <format>', t('option.output'));
  if (!formats.includes('json')) return option.choices(formats);
  const { parseArg: choose } = option.choices([...formats, jsonPath]);
  return option.argParser((value, before) =>
    value.startsWith(jsonPath) ? withTemplate(value) : choose?.(value, before),
  );
}

/** A template that is none is refused before anything is looked at. @throws NodemendError USAGE */
function withTemplate(format: string): string {
  parseTemplate(format.slice(jsonPath.length));
  return format;
}

/** Without a default: the configuration may name one. */
export function withOutput(command: Command, t: Translate): Command {
  return command
    .addOption(formatOption(t, [...diagnoseFormats, 'name']))
    .addOption(new Option('--out <file>', t('option.out')));
}
