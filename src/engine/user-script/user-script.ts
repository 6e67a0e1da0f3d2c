import placeScript from '../../actions/file/place.sh?raw';
import { NodemendError } from '../../errors/nodemend-error.ts';
import prelude from './prelude.sh?raw';
import { withoutComments } from '../../transport/pod-exec/without-comments.ts';
import { shellDocument } from './shell-document.ts';

/** One problem's part of a user script. */
export interface BootstrapPart {
  readonly problem: string;
  /** As in the problem's own `Bootstrap`, its content made. */
  readonly bootstrap: { readonly script: string; readonly content: string };
  /** A file of the user's that takes the place of nodemend's own content, and where it is to stand on the node. */
  readonly given?: { readonly content: string; readonly path: string };
}

/**
 * NKS takes user scripts (v2) of 64 KB at most, and does not say whether a KB has 1,000 or 1,024 bytes there
 * (TOAST-DOCS/Container-Kubernetes, ko/user-guide.md, user script).
 */
export const maxUserScriptBytes = 64_000;

const comfortableBytes = (maxUserScriptBytes * 3) / 4;

/**
 * A script for a new node's first boot: POSIX sh, run by root before the node joins. Each part makes the node right for
 * one problem, says what it did, and does nothing the second time. Deterministic: the same parts and version give the
 * same bytes.
 * @throws NodemendError USER_SCRIPT_TOO_LARGE
 */
export function userScript(parts: readonly BootstrapPart[], version: string): string {
  const readable = composed(parts, version, withoutDirectives);
  // What is for readers goes where it would leave no room for a script of their own.
  const script = readable.length <= comfortableBytes ? readable : composed(parts, version, withoutComments);
  const bytes = Buffer.byteLength(script);
  if (bytes > maxUserScriptBytes)
    throw new NodemendError('USER_SCRIPT_TOO_LARGE', { size: bytes, most: maxUserScriptBytes });
  return script;
}

function composed(parts: readonly BootstrapPart[], version: string, told: (script: string) => string): string {
  const documents = parts.map(({ bootstrap, given }) =>
    shellDocument(Buffer.from(given?.content ?? bootstrap.content)),
  );
  const names = parts.map(({ problem }) => problem.replaceAll('-', '_'));
  const contents = documents.map(({ body }, index) => `nodemend_content_${names[index]}() {\n${body}}\n`);
  const runs = parts.map(({ problem, given }, index) => {
    const words = [
      problem,
      documents[index]?.sha256,
      `nodemend_content_${names[index]}`,
      `${names[index]}_bootstrap`,
      ...(given === undefined ? ['own'] : ['given', quoted(given.path)]),
    ];
    return `  nodemend_run ${words.join(' ')}\n`;
  });
  return [
    '#!/bin/sh\n',
    `# User script (v2) for the nodes of an NKS node group, made by nodemend ${version} for ` +
      `${parts.map(({ problem }) => problem).join(', ')}.\n`,
    '# Root runs it at the first boot, before the node joins. It may run again: what is right already is left alone.\n',
    'set -eu\n\n',
    ...[prelude, placeScript, ...parts.map(({ bootstrap }) => bootstrap.script)].map((text) => `${told(text)}\n`),
    // With their checksums: not a byte of them changes.
    ...contents.map((text) => `${text}\n`),
    'nodemend_main() {\n  nodemend_begin\n',
    ...runs,
    '  nodemend_end\n}\n\nnodemend_main\n',
  ].join('');
}

/** A word in which nothing has a meaning to a shell. */
function quoted(word: string): string {
  return `'${word.replaceAll("'", String.raw`'\''`)}'`;
}

/** What a file tells shellcheck about the files around it is not part of the script. */
function withoutDirectives(text: string): string {
  return text.replace(/^# shellcheck shell=.*\n/gm, '');
}
