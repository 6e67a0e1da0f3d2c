import { Option, type Command } from 'commander';
import { imagePolicies } from '../../actions/manifest/image-policy.ts';
import { planPolicies } from '../../engine/admission/plan-policies.ts';
import { NodemendError } from '../../errors/nodemend-error.ts';
import { withProblems } from '../../app/problems/with-problems.ts';
import { commandLine } from '../../app/texts/command-line.ts';
import type { CommandContext, RunCommand } from '../command-context.ts';
import { withOpened } from '../../app/evidence/collect.ts';
import { collectWords, namedCommand } from '../options/shared.ts';
import { wrapSentence } from '../render/wrap.ts';
import { dependenciesOf, withApproval } from '../options/rollout.ts';
import { requireNone } from '../options/without-effect.ts';
import { openSession } from '../options/open-session.ts';
import type { Texts } from '../../app/texts/texts.ts';
import { writeResult } from '../render/write-result.ts';
import { namesThatMoved } from '../../app/configuration/image-replacements.ts';
import { loadConfiguration } from '../../app/configuration/load.ts';
import type { Configuration } from '../../app/configuration/schema.ts';
import { applyChange } from '../runs/apply-change.ts';

interface AdmissionPolicyOptions {
  readonly config?: string;
  readonly kubeconfig?: string;
  readonly context?: string;
  readonly apply?: boolean;
  readonly remove?: boolean;
  readonly allow?: 'deny';
  readonly exceptNamespace?: readonly string[];
  readonly map?: string;
  readonly out?: string;
  readonly yes?: boolean;
  readonly verbose?: boolean;
}

const name = 'admission-policy';

export function define({ t }: Texts, run: RunCommand): Command {
  return withApproval(namedCommand(name, t), t)
    .addOption(new Option('--apply', t('option.applyPolicies')).conflicts('out'))
    .addOption(
      new Option('--remove', t('option.removePolicies')).conflicts(['apply', 'allow', 'exceptNamespace', 'map', 'out']),
    )
    .addOption(new Option('--allow <effect>', t('option.allowDeny')).choices(['deny']))
    .addOption(new Option('--except-namespace <name>', t('option.exceptNamespace')).argParser(collectWords))
    .addOption(new Option('--map <file>', t('option.rewriteMap')))
    .addOption(new Option('--kubeconfig <file>', t('option.kubeconfig')))
    .addOption(new Option('--context <name>', t('option.context')))
    .option('--out <file>', t('option.out'))
    .action((options: AdmissionPolicyOptions) =>
      run((context) => (options.apply || options.remove ? change(context, options) : print(context, options))),
    );
}

async function print(context: CommandContext, options: AdmissionPolicyOptions): Promise<number> {
  const ofChange = ['kubeconfig', 'context', 'yes', 'verbose'];
  requireNone(options, ofChange, { context: 'needs', command: name, other: '--apply' });
  const { allow, exceptNamespace = [], out } = options;
  const { stringify } = await import('yaml');
  const { configuration } = await loadConfiguration({
    environment: context.environment,
    workingFolder: context.workingFolder,
    ...(options.config === undefined ? {} : { file: options.config }),
  });
  const moved = await movedNames(configuration, options, context);
  const objects = imagePolicies({ deny: allow === 'deny', exceptNamespaces: exceptNamespace, moved });
  await writeResult(objects.map((object) => `---\n${stringify(object, { lineWidth: 0 })}`).join(''), out, context);
  const { notes } = context.output;
  const { t } = context.texts;
  const config = options.config === undefined ? [] : ['--config', options.config];
  const apply = [...words({ ...options, apply: true }), ...config];
  const lines = [
    ...wrapSentence(t(`admissionPolicy.${allow ?? 'warn'}`), notes.width),
    `${t('next')} ${commandLine(['nodemend', ...apply])}`,
  ];
  notes.write(lines.map((line) => `${line}\n`).join(''));
  return 0;
}

/** Plans, shows, asks and applies, as any other change: with a record, and to be undone as one run. */
async function change(given: CommandContext, options: AdmissionPolicyOptions): Promise<number> {
  // The policies belong to no problem.
  const context = await withProblems(given, []);
  const { allow, exceptNamespace = [], remove = false, yes = false, verbose } = options;
  const session = await openSession(context, options, name);
  return withOpened(session, async (opened) => {
    const { api } = opened;
    if (!api) throw new NodemendError('PLAN_UNBOUND');
    const dependencies = dependenciesOf({
      context,
      session,
      opened,
      targets: [],
      options: { ...(allow === undefined ? {} : { allow: [allow] }), ...(verbose === undefined ? {} : { verbose }) },
      command: name,
    });
    const plan = await planPolicies(api, {
      deny: allow === 'deny',
      exceptNamespaces: exceptNamespace,
      moved: await movedNames(session.configuration, options, context),
      remove,
      signal: context.interrupt,
    });
    return applyChange(
      { plan, nodes: [], targets: [], nks: false },
      { dependencies, session, command: words(options), yes },
      context,
    );
  });
}

/** What images have moved away from, by the user's own table. */
async function movedNames(
  configuration: Configuration,
  { map }: AdmissionPolicyOptions,
  { workingFolder }: CommandContext,
): Promise<readonly string[]> {
  const { replacements } = await namesThatMoved(configuration, map, workingFolder);
  return replacements.map(({ from }) => from);
}

/** What was typed of what decides which policies these are. */
function words({ apply, remove, allow, map, exceptNamespace = [] }: AdmissionPolicyOptions): readonly string[] {
  return [
    name,
    ...(apply ? ['--apply'] : []),
    ...(remove ? ['--remove'] : []),
    ...(allow === undefined ? [] : ['--allow', allow]),
    ...(map === undefined ? [] : ['--map', map]),
    ...exceptNamespace.flatMap((one) => ['--except-namespace', one]),
  ];
}
