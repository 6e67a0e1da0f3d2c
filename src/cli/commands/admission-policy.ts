import { Command, Option } from 'commander';
import { imagePolicies } from '../../engine/admission/image-policy.ts';
import type { CommandContext, RunCommand } from '../command-context.ts';
import { collectWords, withCommon } from '../options.ts';
import { wrapSentence } from '../render/wrap.ts';
import type { Texts } from '../text.ts';
import { writeResult } from '../write-result.ts';

interface AdmissionPolicyOptions {
  readonly allow?: 'deny';
  readonly exceptNamespace?: readonly string[];
  readonly out?: string;
}

export function define({ t }: Texts, run: RunCommand): Command {
  const command = new Command('admission-policy').summary(t('command.admission-policy.summary')).description(t('command.admission-policy.description'));
  return withCommon(command, t)
    .addOption(new Option('--allow <effect>', t('option.allowDeny')).choices(['deny']))
    .addOption(new Option('--except-namespace <name>', t('option.exceptNamespace')).argParser(collectWords))
    .option('--out <file>', t('option.out'))
    .action((options: AdmissionPolicyOptions) => run((context) => admissionPolicy(context, options)));
}

async function admissionPolicy(context: CommandContext, { allow, exceptNamespace = [], out }: AdmissionPolicyOptions): Promise<number> {
  const { stringify } = await import('yaml');
  const objects = imagePolicies({ deny: allow === 'deny', exceptNamespaces: exceptNamespace });
  await writeResult(objects.map((object) => `---\n${stringify(object, { lineWidth: 0 })}`).join(''), out, context);
  const { notes } = context.output;
  const { t } = context.texts;
  const sentences = [t(`admissionPolicy.${allow ?? 'warn'}`), `${t('next')} kubectl apply -f ${out ?? '-'}`, t('admissionPolicy.undo')];
  notes.write(sentences.flatMap((sentence) => wrapSentence(sentence, notes.width)).map((line) => `${line}\n`).join(''));
  return 0;
}
