import type { Command } from 'commander';
import { foldNodes } from '../../engine/targets/fold-nodes.ts';
import type { Verification } from '../../engine/verification.ts';
import type { VerifyResult } from '../../engine/verify.ts';
import { chosenRun } from '../../app/runs/chosen-run.ts';
import { verify } from '../../app/runs/verify.ts';
import { withProblems } from '../../app/problems/with-problems.ts';
import type { CommandContext, RunCommand } from '../command-context.ts';
import { documentFormats, nodesCommand, outputOption } from '../options/shared.ts';
import { commandLine } from '../../app/texts/command-line.ts';
import { inFormat } from '../render/in-format.ts';
import { contextFor, type RenderContext } from '../render/render-context.ts';
import { withoutNode } from '../render/without-node.ts';
import { indented, labelled, wrapSentence } from '../render/wrap.ts';
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
      table: () => render(result, next, contextFor(data, session.texts)),
      names: () => lostNames(result),
    }),
  );
  return result.exitCode;
}

const tones = {
  holds: 'ok',
  changed: 'fail',
  broken: 'fail',
  undone: 'quiet',
  untouched: 'quiet',
  unknown: 'unknown',
} as const;

/** Nodes on which something no longer holds. */
function lostNames({ verifications }: VerifyResult): readonly string[] {
  return verifications.flatMap(({ node, state }) =>
    node !== '' && (state === 'changed' || state === 'broken') ? [`node/${node}`] : [],
  );
}

/** Nodes that say the same are folded; what no longer holds comes first. */
function render({ verifications }: VerifyResult, next: string | undefined, context: RenderContext): string {
  const { texts, paint } = context;
  const order = ['broken', 'changed', 'unknown', 'holds', 'undone', 'untouched'] as const;
  const groups = [
    ...Map.groupBy(verifications, ({ state, subject, detail, node }) =>
      JSON.stringify([state, subject, detail.replaceAll(node, '')]),
    ).values(),
  ];
  const sorted = groups.toSorted(
    (a, b) => order.indexOf(a[0]?.state ?? 'undone') - order.indexOf(b[0]?.state ?? 'undone'),
  );
  const lines = [
    ...sorted.flatMap((group) => groupLines(group, context)),
    ...(next === undefined ? [] : ['', `${paint('place', texts.t('next'))} ${next}`]),
  ];
  return lines.map((line) => `${line}\n`).join('');
}

function groupLines(group: readonly Verification[], context: RenderContext): readonly string[] {
  const { texts, width } = context;
  const [first] = group;
  if (!first) return [];
  const nodes = foldNodes(group.map(({ node }) => node));
  const head =
    first.node === ''
      ? first.subject
      : first.subject === ''
        ? nodes
        : texts.t('verify.head', { subject: first.subject, nodes });
  return [
    ...labelled({ text: texts.t(`verify.state.${first.state}`), tone: tones[first.state] }, head, context),
    ...indented(wrapSentence(withoutNode(first.detail, first.node), width - 2), '  '),
  ];
}
