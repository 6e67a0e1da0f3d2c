import { inNamedLanguage } from '../../app/configuration/named-language.ts';
import { Command, Option } from 'commander';
import { labBreakCluster } from '../../../lab/cluster-faults.ts';
import { labBreak, labHeal } from '../../../lab/lab-break.ts';
import { labDown } from '../../../lab/lab-down.ts';
import { chosenLab, defaultLab } from '../../../lab/lab-folder.ts';
import { labStatus, type LabStatus } from '../../../lab/lab-status.ts';
import { labUp } from '../../../lab/lab-up.ts';
import { foldNodes } from '../../engine/targets/fold-nodes.ts';
import { expandNodes } from '../../engine/targets/node-set.ts';
import { NodemendError } from '../../errors/nodemend-error.ts';
import { nearestName } from '../../errors/did-you-mean.ts';
import type { Problem } from '../../problems/problem.ts';
import type { CommandContext, RunCommand } from '../command-context.ts';
import { knownProblem } from '../../app/problems/known-problem.ts';
import { labDaemonCommand } from '../lab/daemon-command.ts';
import { withCommon } from '../options/shared.ts';
import { commandLine } from '../../app/texts/command-line.ts';
import { renderLabGroups, renderLabNodes } from '../render/lab-nodes.ts';
import { contextFor, type RenderContext } from '../render/render-context.ts';
import { wrapSentence } from '../render/wrap.ts';
import type { Texts } from '../../app/texts/texts.ts';
import { wholeNumber } from '../options/whole-number.ts';

interface LabOptions {
  readonly config?: string;
  readonly name: string;
}

interface UpOptions extends LabOptions {
  readonly nodes: string;
}

interface BreakOptions extends LabOptions {
  readonly nodes?: string;
  readonly fault?: string;
}

export function define({ t }: Texts, run: RunCommand): Command {
  const child = (name: string): Command =>
    withCommon(new Command(name), t)
      .summary(t(`command.lab-${name}.summary`))
      .description(t(`command.lab-${name}.description`))
      .addOption(new Option('--name <name>', t('option.lab.name')).default(defaultLab, ''));
  return new Command('lab')
    .summary(t('command.lab.summary'))
    .description(t('command.lab.description'))
    .addCommand(
      child('up')
        .addOption(new Option('--nodes <count>', t('option.lab.count')).default('3'))
        .action((options: UpOptions) => run(async (context) => up(await inNamedLanguage(context, options), options))),
    )
    .addCommand(
      child('status').action((options: LabOptions) =>
        run(async (context) => status(await inNamedLanguage(context, options), options)),
      ),
    )
    .addCommand(
      child('break')
        .argument('<problem>', t('argument.problem'))
        .addOption(new Option('--fault <name>', t('option.lab.fault')))
        .addOption(new Option('--nodes <set>', t('option.nodes')))
        .action((problem: string, options: BreakOptions) =>
          run(async (context) => inject(await inNamedLanguage(context, options), problem, options)),
        ),
    )
    .addCommand(
      child('heal')
        .addOption(new Option('--nodes <set>', t('option.nodes')))
        .action((options: BreakOptions) =>
          run(async (context) => heal(await inNamedLanguage(context, options), options)),
        ),
    )
    .addCommand(
      child('down').action((options: LabOptions) =>
        run(async (context) => down(await inNamedLanguage(context, options), options)),
      ),
    );
}

async function up({ texts, output, interrupt }: CommandContext, options: UpOptions): Promise<number> {
  const { t } = texts;
  const nodes = wholeNumber(options.nodes, { option: '--nodes', from: 1, to: 300 }, 'lab up');
  const started = performance.now();
  const lab = await labUp({ name: options.name, nodes, daemon: labDaemonCommand(), signal: interrupt });
  const seconds = ((performance.now() - started) / 1000).toFixed(1);
  const context = contextFor(output.data, texts);
  const sentences = [t('lab.up', { name: lab.name, count: lab.nodes.length, seconds }), t('lab.fake')].map((text) =>
    sentence(text, context),
  );
  output.data.write(`${sentences.join('')}\n${renderLabGroups(lab.nodes, context)}\n${t('next')} ${useCommand(lab)}\n`);
  return 0;
}

async function status({ texts, output }: CommandContext, options: LabOptions): Promise<number> {
  const { t } = texts;
  const lab = await labStatus(options);
  const context = contextFor(output.data, texts);
  output.data.write(
    `${sentence(t('lab.fake'), context)}\n${renderLabNodes(lab.nodes, context)}\n${t('next')} ${useCommand(lab)}\n`,
  );
  return 0;
}

function sentence(text: string, { width }: RenderContext): string {
  return wrapSentence(text, width)
    .map((line) => `${line}\n`)
    .join('');
}

/** What a shell needs to know so that every other command means this cluster. */
function useCommand(lab: LabStatus): string {
  return `export NODEMEND_CONFIG=${commandLine([lab.folder.configuration])}; nodemend doctor`;
}

async function inject(
  { texts: { t }, output, environment }: CommandContext,
  id: string,
  options: BreakOptions,
): Promise<number> {
  const problem = await knownProblem(id, 'lab break').load();
  const name = knownFault(problem, options.fault);
  const objects = problem.clusterFaults?.[name];
  const where = { name: options.name, ...chosen(options.nodes) };
  const nodes = await (objects
    ? labBreakCluster({ fault: { name, objects }, ...where })
    : labBreak({ fault: { name, script: problem.faultScript }, ...where }));
  const { configuration } = chosenLab(options).folder;
  // Without it the cluster that is looked at would be the user's own.
  const config = environment['NODEMEND_CONFIG'] === configuration ? [] : ['--config', configuration];
  const look = commandLine(['nodemend', 'diagnose', '--only', id, ...config, ...(objects ? [] : ['--via', 'ssh'])]);
  output.data.write(`${t('lab.broken', { fault: name, nodes: foldNodes(nodes) })}\n${t('next')} ${look}\n`);
  return 0;
}

function knownFault({ meta, clusterFaults = {} }: Problem, asked: string | undefined): string {
  const faults = [...Object.keys(clusterFaults), ...meta.faults];
  const fault = asked ?? faults[0] ?? '';
  if (faults.includes(fault)) return fault;
  const params = { command: 'lab break', value: fault, typed: '--fault', choices: faults.join(', ') };
  const suggestion = nearestName(fault, faults);
  throw new NodemendError('USAGE', {
    ...params,
    context: 'choice',
    ...(suggestion === undefined ? {} : { suggestion }),
  });
}

async function heal({ texts: { t }, output }: CommandContext, options: BreakOptions): Promise<number> {
  const nodes = await labHeal({ name: options.name, ...chosen(options.nodes) });
  output.data.write(`${t('lab.healed', { nodes: foldNodes(nodes) })}\n`);
  return 0;
}

async function down({ texts: { t }, output }: CommandContext, options: LabOptions): Promise<number> {
  const { wasThere } = await labDown(options);
  output.data.write(`${t(wasThere ? 'lab.down' : 'lab.notThere', { name: options.name })}\n`);
  return 0;
}

function chosen(nodes: string | undefined): { readonly nodes?: readonly string[] } {
  return nodes === undefined ? {} : { nodes: expandNodes(nodes) };
}
