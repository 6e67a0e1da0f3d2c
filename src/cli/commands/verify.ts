import type { Command } from 'commander';
import type { VerifyResult } from '../../engine/verify.ts';
import { chosenRun } from '../../app/runs/chosen-run.ts';
import { verify } from '../../app/runs/verify.ts';
import { withProblems } from '../../app/problems/with-problems.ts';
import type { CommandContext, RunCommand } from '../command-context.ts';
import { documentFormats, nodesCommand, outputOption } from '../options/shared.ts';
import { commandLine } from '../../app/texts/command-line.ts';
import { inFormat } from '../render/in-format.ts';
import { contextFor } from '../render/render-context.ts';
import { renderVerification } from '../render/run/verification.ts';
import { openSession } from '../options/open-session.ts';
import { requireWayToNodes } from '../options/without-effect.ts';
import type { Texts } from '../../app/texts/texts.ts';
import type { NodesOptions } from '../options/session-options.ts';
import type { OutputFormat } from '../../app/configuration/output-format.ts';

interface VerifyOptions extends NodesOptions {
  readonly output: OutputFormat;
}

export function define({ t }: Texts, run: RunCommand): Command {
  return nodesCommand('verify', t)
    .argument('[run]', t('argument.run'))
    .addOption(outputOption(t, [...documentFormats, 'name']))
    .action((id: string | undefined, options: VerifyOptions) =>
      run(async (context) => verifyCommand(context, await chosenRun(id, context), options)),
    );
}

async function verifyCommand(given: CommandContext, id: string, options: VerifyOptions): Promise<number> {
  const context = await withProblems(given);
  const session = await openSession(context, options, 'verify');
  requireWayToNodes(options, session, 'verify');
  const result = await verify(id, session, context);
  const next = result.exitCode === 0 ? undefined : commandLine(['nodemend', 'diagnose', ...session.repeat]);
  const { data } = context.output;
  data.write(
    await inFormat(options.output, {
      document: () => ({ schema: 'nodemend.dev/verification/v1', ...result }),
      table: () => renderVerification(result, next, contextFor(data, session.texts)),
      names: () => lostNames(result),
    }),
  );
  return result.exitCode;
}

/** Nodes on which something no longer holds. */
function lostNames({ verifications }: VerifyResult): readonly string[] {
  return verifications.flatMap(({ node, state }) =>
    node !== '' && (state === 'changed' || state === 'broken') ? [`node/${node}`] : [],
  );
}
