import type { RateLimitReport } from '../../../engine/rate-limit/report.ts';
import { joinBlocks, type RenderContext } from '../render-context.ts';
import { changesBlocks } from './changes-blocks.ts';
import { helpBlock } from './help-block.ts';
import { pullsBlocks } from './pulls-blocks.ts';
import { deniedBlocks, groupTable, refusedBlock, unknownBlocks } from './quota-blocks.ts';
import { rolloutBlocks } from './rollout-blocks.ts';

/**
 * Who shares which address or account with how many pulls left, what was asked besides, what could not be found out,
 * and what helps.
 */
export function renderRateLimit(report: RateLimitReport, context: RenderContext): string {
  return joinBlocks([
    groupTable(report, context),
    ...pullsBlocks(report, context),
    ...rolloutBlocks(report, report.registry, context),
    ...changesBlocks(report, context),
    refusedBlock(report.asked, context),
    ...deniedBlocks(report.asked, context),
    ...unknownBlocks(report, context),
    helpBlock(report, context),
  ]);
}
