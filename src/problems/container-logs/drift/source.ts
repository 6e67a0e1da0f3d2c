import { isUtf8 } from 'node:buffer';
import type { TextParams } from '../../../locales/translator.ts';
import { sha256 } from '../../../hash/sha256.ts';
import { asBytes } from '../../kit/file-edit.ts';
import { textKey } from '../../kit/findings.ts';
import type { SourceReading, Words } from '../../kit/synchronise.ts';
import { dockerVerdict } from '../rotation/docker-verdict.ts';
import type { Verdict } from '../finding.ts';
import { holdsNothingElse } from '../rotation/removable.ts';
import { sourceContext, type SourceContext } from './source-context.ts';

/** A rule has some hundred bytes. */
const mostBytes = 64 * 1024;

/**
 * Judges a source file before any node is asked: what logrotate would refuse or complain about, and what would never
 * keep a container's log small, goes onto no node. Read as the newest release reads it; each node's own is asked again
 * there.
 */
export function readSource(
  bytes: Uint8Array,
  { name, path }: { readonly name: string; readonly path: string },
): SourceReading {
  const odd = oddBytes(bytes);
  if (odd !== undefined) return refused(`source.${odd}`, { file: name, limit: mostBytes }, odd);
  const content = Buffer.from(bytes).toString('utf8');
  const context = sourceContext(asBytes(content), path);
  const fault = faultOf(context, path);
  if (fault !== undefined) return refused(fault.key, named(fault.params, path, name), fault.next);
  const verdict = verdictOf(context);
  const cautions =
    verdict.status === 'pass'
      ? []
      : [words(verdict)].map(({ key, params }) => ({ key, params: named(params, path, name) }));
  return {
    state: 'accepted',
    source: { name, content, sha256: sha256(bytes), cautions },
  };
}

type Advice = 'empty' | 'too-large' | 'not-text' | 'byte-order-mark' | 'line-ends' | 'no-rule' | 'rule' | 'other-logs';

function refused(key: string, params: TextParams, advice: Advice): SourceReading {
  return { state: 'refused', reason: { key, params }, next: { key: `source-next.${advice}`, params: {} } };
}

/** What keeps bytes from being a text that can be compared line by line. */
function oddBytes(
  bytes: Uint8Array,
): Extract<Advice, 'empty' | 'too-large' | 'not-text' | 'byte-order-mark' | 'line-ends'> | undefined {
  if (bytes.length > mostBytes) return 'too-large';
  const text = Buffer.from(bytes).toString('latin1');
  if (text.trim() === '') return 'empty';
  if (text.startsWith('\xef\xbb\xbf')) return 'byte-order-mark';
  if (text.includes('\r')) return 'line-ends';
  return isUtf8(bytes) && !bytes.some(isControl) ? undefined : 'not-text';
}

/** A tab and a newline are the only control characters that a rule has a use for. */
function isControl(byte: number): boolean {
  return (byte < 0x20 && byte !== 0x09 && byte !== 0x0a) || byte === 0x7f;
}

interface Fault extends Words {
  readonly next: Advice;
}

function faultOf(context: SourceContext, path: string): Fault | undefined {
  if (!context.isAboutContainers) return { key: 'source.no-rule', params: { file: path }, next: 'no-rule' };
  return ruleFault(context, path) ?? companyFault(context, path);
}

/** What is wrong with the rule itself. */
function ruleFault(context: SourceContext, path: string): Fault | undefined {
  const verdict = verdictOf(context);
  const complaint = context.rotation.configuration.complaints[0];
  // A complaint explains best what is wrong: what a rule fails at may only follow from a word in it that is not known.
  const isExplained = ['rule-broken', 'rule-has-errors', 'rule-duplicate'].includes(verdict.rule);
  if (complaint !== undefined && !isExplained) {
    const { code, line, what } = complaint;
    return {
      key: 'source.complaint',
      params: { file: path, line, what: what === '' ? code : `${code}: ${what}` },
      next: 'rule',
    };
  }
  return verdict.status === 'fail' || isExplained ? { ...words(verdict), next: 'rule' } : undefined;
}

/** What stands beside the rule and has no business in the file. */
function companyFault(context: SourceContext, path: string): Fault | undefined {
  const [included] = context.rotation.configuration.unseen;
  if (included !== undefined) return { key: 'source.include', params: { file: path, included }, next: 'other-logs' };
  const text = context.rotation.files.files.get(path)?.content ?? '';
  const isAlone = holdsNothingElse(text, context.rotation, {
    places: context.places,
    targets: ['docker'],
    idle: ['links', 'pods'],
  });
  return isAlone ? undefined : { key: 'source.other-logs', params: { file: path }, next: 'other-logs' };
}

function verdictOf({ rotation, logs }: SourceContext): Verdict {
  return dockerVerdict(rotation, { unbounded: logs, bounded: [], elsewhere: [] }, undefined);
}

function words({ rule, why, params = {} }: Verdict): Words {
  return { key: textKey(rule, why), params };
}

/** The file by the name that the user knows it by, not by the one that it would have. */
function named(params: TextParams, path: string, name: string): TextParams {
  return Object.fromEntries(Object.entries(params).map(([key, value]) => [key, value === path ? name : value]));
}
