import { trialArguments } from './checks/trial.ts';
import { coverageOf } from './coverage.ts';
import { placesOf, type LogPlaces } from './rule-target.ts';
import { sortLogs } from '../logs/docker-logs.ts';
import { dockerVerdict } from './docker-verdict.ts';
import { rulesFolder, type Rotation } from './rotation.ts';
import { spoiltFiles, suspectsOf } from './suspects.ts';
import type { DockerLogs } from '../logs/log-files.ts';
import type { RotationFile } from './rotation-files.ts';
import { normalPath } from '../../../logrotate/glob.ts';
import { builtInSettings } from '../../../logrotate/settings.ts';
import { rootFile, type Edit } from './edit.ts';
import { othersAreUnchanged } from './others.ts';
import { clearFile, holdsNothingElse, isUnwanted, type Cleared, type Unwanted } from './removable.ts';
import { ruleBlock, ruleText, type RuleNeeds } from './rule-text.ts';

/** What a plan for a docker node is made from. */
export interface DockerContext {
  readonly rotation: Rotation;
  readonly docker: DockerLogs;
  /** The configuration as logrotate would read it with these edits. */
  readonly reread: (edits: readonly Edit[]) => Rotation;
}

export type DockerPlan =
  /** `trial` is what the check of the rule that will be in force is given. */
  | {
      readonly state: 'planned';
      readonly edits: readonly PlannedEdit[];
      readonly trial: readonly string[];
    }
  | { readonly state: 'refused'; readonly why: string; readonly file: string };

/** An edit, and why, as a key below `why` in the texts. After the last one the rule is in force. */
export interface PlannedEdit extends Edit {
  readonly why: 'create-rule' | 'replace-rule' | 'fix-mode' | 'cut-duplicate' | 'remove-duplicate';
}

/**
 * One rule that covers every container's log, in the file that holds today's rule if there is one. Each way is tried
 * out on the evidence, the smallest change first: it counts only when the rule would then be in force and no other rule
 * would change.
 */
export function planDocker(context: DockerContext): DockerPlan {
  const places = placesOf(sortLogs(context.docker).unbounded, []);
  const unwanted: Unwanted = { places, targets: ['docker'], idle: ['links', 'pods'] };
  const cleared = clearAll(context.rotation, unwanted);
  const small = [fixMode(context, unwanted), keepOne(context, cleared, unwanted)].filter(
    (edits) => edits !== undefined,
  );
  const cure = small.map((edits) => tried(context, edits, places)).find((plan) => plan !== undefined);
  if (cure !== undefined) return cure;
  const refused = [...cleared].find(([, file]) => file.state === 'refused');
  if (refused?.[1].state === 'refused') return { state: 'refused', why: refused[1].why, file: refused[0] };
  const [spoilt] = spoiltFiles(context.rotation, places);
  return spoilt === undefined
    ? putRule(context, cleared, unwanted)
    : { state: 'refused', why: 'spoilt', file: spoilt.file };
}

/** The edits as a plan, if the node would be cured by them. */
function tried(context: DockerContext, edits: readonly PlannedEdit[], places: LogPlaces): DockerPlan | undefined {
  const after = context.reread(edits);
  const logs = sortLogs(context.docker);
  if (dockerVerdict(after, logs, undefined).status !== 'pass' || !othersAreUnchanged(context.rotation, after, places))
    return undefined;
  const [held] = coverageOf(logs.unbounded, after);
  if (held?.state !== 'covered') return undefined;
  const path = held.log.paths.find((one) => held.block.files.map(normalPath).includes(one)) ?? '';
  return {
    state: 'planned',
    edits,
    trial: trialArguments(path.split('/').slice(0, -2).join('/'), held.block, after.run),
  };
}

/** A good rule in a file that logrotate passes over for its owner or mode needs no new words. */
function fixMode({ rotation }: DockerContext, unwanted: Unwanted): readonly PlannedEdit[] | undefined {
  const [suspect] = suspectsOf(rotation, unwanted.places);
  if (suspect?.kind !== 'ignored' || (suspect.why !== 'mode' && suspect.why !== 'owner')) return undefined;
  const file = rotation.files.files.get(suspect.file);
  if (file?.content === undefined || !isHarmless(file.content, rotation, unwanted)) return undefined;
  return [{ path: file.path, to: rootFile(file.content), why: 'fix-mode' }];
}

/** Others could write the file until now: what it would run or write elsewhere as root is not taken over from it. */
function isHarmless(content: string, rotation: Rotation, unwanted: Unwanted): boolean {
  if (!holdsNothingElse(content, rotation, unwanted)) return false;
  return !/\b(?:include|olddir|mail|compresscmd|uncompresscmd|compressoptions|prerotate|postrotate|firstaction|lastaction|preremove)\b/.test(
    content,
  );
}

/** Two rules claim the same logs, and the one that got them is good: the other goes. */
function keepOne(
  { rotation }: DockerContext,
  cleared: ReadonlyMap<string, Cleared>,
  unwanted: Unwanted,
): readonly PlannedEdit[] | undefined {
  const kept = rotation.configuration.blocks.find((block) => isUnwanted(block, { ...unwanted, idle: [] }));
  const others = [...cleared].filter(([path, file]) => path !== kept?.file && file.state !== 'refused');
  return kept === undefined || others.length === 0
    ? undefined
    : others.map(([path, file]) => letGo(path, file, rotation));
}

/** Every file with rules on container logs. One whose rules are not in force and cannot be taken out harms nobody. */
function clearAll(rotation: Rotation, unwanted: Unwanted): ReadonlyMap<string, Cleared> {
  const { blocks, dropped, abandoned } = rotation.configuration;
  const inForce = blocks.filter((block) => isUnwanted(block, unwanted)).map(({ file }) => file);
  const out = dropped.filter((block) => isUnwanted(block, unwanted)).map(({ file }) => file);
  const behind = abandoned.filter(({ rest }) => holdsNothingElse(rest, rotation, unwanted)).map(({ file }) => file);
  const paths = [...new Set([...inForce, ...out, ...behind])];
  const cleared = paths.map((path) => [path, clearFile(path, rotation, unwanted)] as const);
  return new Map(
    cleared.filter(([path, file]) => file.state !== 'kept' && (file.state !== 'refused' || inForce.includes(path))),
  );
}

/** Tries the rule with nothing overridden, then with what the settings around it turn out to need. */
function putRule(context: DockerContext, cleared: ReadonlyMap<string, Cleared>, unwanted: Unwanted): DockerPlan {
  const home = homeOf(context.rotation, cleared, unwanted);
  if (home === undefined) return { state: 'refused', why: 'no-place', file: rulesFolder };
  const first = editsFor(context, cleared, home, { inherited: builtInSettings, su: false });
  if (first === undefined) return { state: 'refused', why: 'odd-path', file: context.docker.root };
  const fitted = editsFor(context, cleared, home, needsOf(context, first, home)) ?? first;
  const { places } = unwanted;
  return (
    tried(context, first, places) ?? tried(context, fitted, places) ?? { state: 'refused', why: 'no-cure', file: home }
  );
}

function editsFor(
  context: DockerContext,
  cleared: ReadonlyMap<string, Cleared>,
  home: string,
  needs: RuleNeeds,
): readonly PlannedEdit[] | undefined {
  const { root } = context.docker;
  const inPlace = cleared.get(home);
  const block = ruleBlock(root, needs);
  const whole = ruleText(root, needs);
  if (block === undefined || whole === undefined) return undefined;
  const content =
    inPlace?.state === 'cut' ? inPlace.content.slice(0, inPlace.at) + block + inPlace.content.slice(inPlace.at) : whole;
  const old = context.rotation.files.files.get(home);
  // Whoever else holds the logs has to let go before the rule is put into force, or logrotate sees them claimed twice.
  const others = [...cleared]
    .filter(([path]) => path !== home)
    .map(([path, file]) => letGo(path, file, context.rotation));
  return [...others, { path: home, to: rootFile(content), why: old === undefined ? 'create-rule' : 'replace-rule' }];
}

function letGo(path: string, cleared: Cleared, { files }: Rotation): PlannedEdit {
  if (cleared.state !== 'cut') return { path, to: 'absent', why: 'remove-duplicate' };
  const { mode = 0o644, uid = 0, gid = 0 } = files.files.get(path) ?? {};
  return { path, to: { content: cleared.content, mode, uid, gid }, why: 'cut-duplicate' };
}

/** The file that has the rule today; else a new one where logrotate looks. */
function homeOf(rotation: Rotation, cleared: ReadonlyMap<string, Cleared>, unwanted: Unwanted): string | undefined {
  const plain = (path: string): boolean => rotation.files.files.get(path)?.isLink === false;
  const own = [...cleared].filter(([path]) => plain(path));
  const empty = own.find(([, file]) => file.state === 'empty');
  const ignored = ignoredHome(rotation, unwanted);
  const cut = own.find(([, file]) => file.state === 'cut');
  const existing = empty ?? (ignored === undefined ? undefined : [ignored]) ?? cut;
  if (existing !== undefined) return existing[0];
  if (!rotation.files.folders.has(rulesFolder)) return undefined;
  const names = ['docker', 'docker-containers', 'nodemend-container-logs'].map((name) => `${rulesFolder}/${name}`);
  return names.find((path) => !rotation.files.files.has(path) && !rotation.files.dangling.has(path));
}

/** A file of ours alone that only its owner or mode keeps logrotate from reading. */
function ignoredHome(rotation: Rotation, unwanted: Unwanted): string | undefined {
  const ignored = rotation.configuration.ignored.filter(({ why }) => why === 'mode' || why === 'owner');
  return ignored.map(({ path }) => rotation.files.files.get(path)).find((file) => isOurs(file, rotation, unwanted))
    ?.path;
}

function isOurs(file: RotationFile | undefined, rotation: Rotation, unwanted: Unwanted): boolean {
  return file?.content !== undefined && !file.isLink && holdsNothingElse(file.content, rotation, unwanted);
}

/** What reaches into the rule from outside, seen by reading the first try back. */
function needsOf(context: DockerContext, edits: readonly Edit[], home: string): RuleNeeds {
  const after = context.reread(edits);
  const places = placesOf(sortLogs(context.docker).unbounded, []);
  // What it inherits may be the very reason that the first try was thrown away.
  const read = [...after.configuration.blocks, ...after.configuration.dropped];
  const block = read.find((one) => one.file === home && isUnwanted(one, { places, targets: ['docker'], idle: [] }));
  const coverage = coverageOf(sortLogs(context.docker).unbounded, after);
  const su = coverage.some((log) => log.state === 'passed-over' && log.why === 'insecure-folder');
  return { inherited: block?.settings ?? builtInSettings, su };
}
