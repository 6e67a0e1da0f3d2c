import { parseTree } from 'jsonc-parser';
import { valueOf } from './daemon-config.ts';
import { replaced, valueText, withProperty } from './edit-json.ts';

/**
 * The limits that nodemend gives: what kubelet keeps on other runtimes (containerLogMaxSize 10Mi, containerLogMaxFiles
 * 5).
 */
export const wantedLimits = { 'max-size': '10m', 'max-file': '5' } as const;

/** A file for a daemon that has none. */
export const newDaemonFile = `${JSON.stringify({ 'log-opts': wantedLimits }, undefined, 2)}\n`;

/**
 * The configuration with a limit for new containers in it. Every other byte stays: what is there is not formatted
 * again, and what is added looks like its neighbours.
 */
export function withLogOpts(content: string): string {
  const root = parseTree(content);
  // Nothing is planned for what is not a JSON object.
  if (root?.type !== 'object') return content;
  const opts = valueOf(root, 'log-opts');
  if (opts === undefined) return withProperty(content, root, 'log-opts', wantedLimits);
  if (opts.type !== 'object') return replaced(content, opts, valueText(content, root, wantedLimits));
  const size = valueOf(opts, 'max-size');
  const sized =
    size === undefined
      ? withProperty(content, opts, 'max-size', wantedLimits['max-size'])
      : replaced(content, size, JSON.stringify(wantedLimits['max-size']));
  const now = valueOf(parseTree(sized), 'log-opts');
  // A number of files that somebody chose stays.
  return now === undefined || valueOf(now, 'max-file') !== undefined
    ? sized
    : withProperty(sized, now, 'max-file', wantedLimits['max-file']);
}
