/** A shape that no native technical writer would use, and what to write in its place. */
export interface RefusedShape {
  readonly shape: RegExp;
  readonly instead: string;
  /** A sentence that it refuses; without one a shape could be broken and nobody would notice. */
  readonly wrong: string;
}

const afterQuantity = String.raw`(?<!\b(?:all|any|both|each|few|first|half|last|many|most|neither|none|one|only|part|parts|some) )`;

/** Everywhere: texts, docs, comments and test titles. */
export const refusedShapes: readonly RefusedShape[] = [
  {
    shape:
      /(?<!\b[Tt]here (?:would |might |may |can )?)\b(?:is|are|was|were|be) no (?!longer\b|more\b|other\b|different\b|better\b|worse\b|finer\b)[\w-]+/,
    instead: 'is not a …, is not valid …',
    wrong: 'a_b is no name of a namespace.',
  },
  {
    shape: /\b(?:is|are|was|were) of (?:a|an|the|no|its|another|this|that)\b/,
    instead: 'uses …, belongs to …, is from …',
    wrong: 'k8s.gcr.io/pause is of a retired registry.',
  },
  { shape: /\bwho(?:ever)? may\b/i, instead: 'anyone who can …', wrong: 'Who may not list nodes gets an error.' },
  {
    shape: new RegExp(String.raw`${afterQuantity}\bof which\b`),
    instead: 'whose, where, about which, or two sentences',
    wrong: 'Nodes, of which nothing is known, are left out.',
  },
  { shape: /\banew\b/, instead: 'again, re-create', wrong: 'The Secret is made anew.' },
  { shape: /\bfor want of\b/, instead: 'for lack of', wrong: 'It fails for want of room.' },
  { shape: /\b(?:is|are) there already\b/, instead: 'already exists', wrong: 'The file is there already.' },
  {
    shape: /(?<!\b(?:are|is|mean|was|were) )\ball the same\b/,
    instead: 'anyway, nevertheless',
    wrong: 'It was emptied all the same.',
  },
  { shape: /\bnobody can (?:say|tell)\b/, instead: '… is unknown', wrong: 'Nobody knows it, and nobody can say why.' },
  { shape: /\b(?:tell|tells|told) of\b/, instead: 'report, describe', wrong: 'The records tell of two runs.' },
  { shape: /\bone a (?:line|node)\b/, instead: 'one per line', wrong: 'References, one a line.' },
];

/** In texts and in the docs for users alone: comments may speak of `somebody` and of what was `told`. */
export const refusedInTexts: readonly RefusedShape[] = [
  { shape: /!(?:\s|$)/, instead: 'a full stop', wrong: 'Done!' },
  { shape: /\b\w+n't\b/, instead: 'the full form', wrong: "It doesn't exist." },
  { shape: /\b(?:somebody|nobody|everybody)\b/i, instead: 'a user, the passive', wrong: 'Changed by somebody.' },
  { shape: /\bmay not\b/, instead: 'cannot, is not allowed to', wrong: 'kim may not list nodes.' },
  { shape: /\bmend(?:s|ed)?\b/i, instead: 'fix, repair', wrong: 'Mend the file.' },
  {
    shape: /\b[Ww]hether [^.]{3,80} (?:is|are) not known\b/,
    instead: 'it is unknown whether',
    wrong: 'Whether it ran is not known.',
  },
  {
    shape: /\bone a line\b|\ba (?:line of cron|unit of systemd)\b/,
    instead: 'a cron entry',
    wrong: 'No line: a line of cron.',
  },
  { shape: /\bpass(?:es|ed)? over\b/, instead: 'skip', wrong: 'logrotate passes over it.' },
  {
    shape: /\b(?:tak(?:e|es|en|ing)|took) (?:it|that|this|these|them) (?:back|away|out)\b/,
    instead: 'undo, remove',
    wrong: 'undo takes it back',
  },
  { shape: /\bany more\b/, instead: 'no longer', wrong: 'It does not run any more.' },
];
