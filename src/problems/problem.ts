import type { ActionSpec } from '../actions/action-kinds.ts';
import type { NodeCheck } from '../actions/action.ts';
import type { ClusterActionSpec } from '../actions/cluster-action-kinds.ts';
import type { ClusterRead } from '../evidence/collect-cluster.ts';
import type { Evidence, UnknownReason } from '../evidence/evidence.ts';
import type { Fact } from '../evidence/fact.ts';
import type { TextParams, TextTree } from '../locales/translator.ts';
import type { JsonObject } from '../kubernetes/api.ts';
import type { Language } from '../locales/language.ts';
import type { ManifestQuestion } from '../images/sources/source-answer.ts';
import type { SavedQuestion } from '../images/sources/brought-source.ts';
import type { ImageSources } from '../images/sources/image-sources.ts';
import type { RetiredNames, Successor } from '../registry/successor.ts';
import type { ProblemInputs } from './inputs.ts';
import type { Rules } from './kit/rules.ts';
import type { Synchronise } from './kit/synchronise.ts';

/**
 * One entry of the catalogue: a folder of pure functions from Evidence to Findings and from Findings to Actions. A
 * problem never touches a node, a cluster or a registry. `Inputs` is what its remedies are planned with (`inputs.ts`);
 * in a list of problems nobody but each problem knows it.
 */
export interface Problem<Inputs = object> {
  readonly meta: ProblemMeta;
  /** Everything it may say; its findings are made from this table (`kit/rules.ts`). */
  readonly rules: Rules;
  /** Where it gets its knowledge of a node from: no other section of evidence but those of `planFacts` may change what it says. */
  readonly facts: readonly Fact[];
  /**
   * What plans are made from beside that: read for a plan, and for a bundle that may become one. A diagnosis asks no node
   * for it; where it would change what is said, one without it says that it did not look.
   */
  readonly planFacts?: readonly Fact[];
  /**
   * What of the cluster it is diagnosed from, besides its nodes. Such a problem has at least one finding about the
   * cluster.
   */
  readonly reads?: readonly ClusterRead[];
  /** The folder's text.ko.json and text.en.json; keys are the problem's own. */
  readonly texts: Readonly<Record<Language, TextTree>>;
  /**
   * One finding at least per node it applies to; what could not be seen is `unknown`, never left out. `earlier` is
   * evidence from before, perhaps of other nodes; `names` are the image references that have moved, the user's table
   * among them, by default nodemend's own alone. Who has no use for these takes no such argument.
   */
  readonly diagnose: (evidence: Evidence, earlier?: Evidence, names?: RetiredNames) => readonly Finding[];
  /** What may be said for its remedies, by their ids. */
  readonly inputs?: ProblemInputs;
  /**
   * Image references whose successors registries have to be asked for before the plan is made: a problem asks nobody.
   */
  readonly verifies?: (input: PlanInput<Inputs>) => readonly ReferenceQuestion[];
  /** Manifests that nodes have to be asked for before the plan is made, each by the node that would pull it. */
  readonly asksNodes?: (input: PlanInput<Inputs>) => readonly ManifestQuestion[];
  /** Images that nodes with docker have to save, once these answers are known; asked again with what came of it. */
  readonly asksSaved?: (input: PlanInput<Inputs>) => readonly SavedQuestion[];
  /** The actions that would cure these findings, in order. Deterministic. */
  readonly plan: (input: PlanInput<Inputs>) => ProblemPlan;
  /** Of a problem that `synchronises`. */
  readonly synchronise?: Synchronise;
  /** Programs that an action of this problem runs on a node to validate or verify a change, by id. */
  readonly checks: Readonly<Record<string, NodeCheck>>;
  /**
   * The folder's break.sh: injects the fault named by `"$1"` (one of `meta.faults`) into a lab or testbed node, as root
   * there.
   */
  readonly faultScript: string;
  /**
   * Faults that are objects of the cluster and no state of a node, by name: what `lab break` makes on each chosen node.
   */
  readonly clusterFaults?: Readonly<Record<string, ClusterFault>>;
  /** Absent where nothing can be done before a node joins. */
  readonly bootstrap?: Bootstrap<Inputs>;
}

/**
 * The objects that are such a fault on a node, each with the path of its collection. A practice cluster has no kubelet:
 * they have a status.
 */
export type ClusterFault = (node: string) => readonly { readonly path: string; readonly object: JsonObject }[];

/** What makes a new node right at its first boot, before it joins: this problem's part of `nodemend user-script`. */
export interface Bootstrap<Inputs = object> {
  /**
   * The folder's bootstrap.sh: defines the function `<id>_bootstrap` (with `_` for `-`), to which
   * engine/user-script/prelude.sh hands a file with the content, and `own`; or `given` and the path on the node. POSIX
   * sh; nothing may run on the node yet, and it is safe to run again.
   */
  readonly script: string;
  /**
   * nodemend's own content. Where the problem can read a file of the user's (`synchronise`), that can take its place.
   * Made from inputs (those `atBootstrap`), it is undefined where they are not given: the problem has no part then.
   */
  readonly content: string | ((inputs: Inputs) => string | undefined);
}

export interface ProblemMeta {
  /** The same word everywhere: folder, command line, lab, docs. */
  readonly id: string;
  readonly severity: Severity;
  readonly category: 'disk' | 'images' | 'kernel' | 'network' | 'upgrades';
  /** Platforms it is meant for; `any` = every Kubernetes cluster. */
  readonly platforms: readonly ('any' | 'nks')[];
  readonly needsRoot: boolean;
  /**
   * Where on a node its plans may write files: a name that ends with a slash stands for all below that folder. A path
   * that was learnt on a node leads to no other place, and a standing approval is for these.
   */
  readonly writes: readonly string[];
  /** The worst that its remedy can do. */
  readonly remedyRisk: 'none' | 'low' | 'disruptive';
  /** The guide's own heading (Korean), so that users can map a result to the page they know. */
  readonly guideSection: string;
  /** Other sections of the guide that it is about, by their headings, and what it does for each. */
  readonly otherSections?: Readonly<Record<string, SectionWork>>;
  /** It plans nothing, and says what a person has to change. */
  readonly proposes?: true;
  /** Remedies that only happen when `--remedy` names them, by id; each has its words under `remedies` in the texts. */
  readonly remedies?: readonly string[];
  /**
   * Its cure is one file that should be the same on all nodes (`synchronise`): it has the commands `<id> diff|sync`.
   */
  readonly synchronises?: true;
  /** It tells what nodes keep of images, and which of them they need: the commands of `images` are about it. */
  readonly tellsImages?: true;
  /** Every remedy has to be named: without one, `plan` changes nothing. */
  readonly onRequestOnly?: true;
  /** The lab and testbed faults that `lab break <id>` can inject, by name; the first is the default. */
  readonly faults: readonly string[];
}

/** What is done for a section of the guide. */
export type SectionWork = 'repairs' | 'proposes' | 'finds';

export type Severity = 'critical' | 'high' | 'medium' | 'low';

export type Subject =
  | { readonly kind: 'node'; readonly name: string }
  | { readonly kind: 'cluster' }
  | { readonly kind: 'workload' | 'secret'; readonly name: string; readonly namespace: string }
  /** A registry by its domain; an image by its normalised reference. */
  | { readonly kind: 'registry' | 'image'; readonly name: string };

interface FindingBase {
  readonly problem: string;
  /** Which rule of the problem spoke, a stable lower-kebab-case id: `rule-missing`, `rule-fights-kubelet`. */
  readonly rule: string;
  readonly subject: Subject;
  /** Equal across runs for the same problem, rule and subject (`fingerprint.ts`). */
  readonly fingerprint: string;
  /** Key in the problem's texts for the cause in one sentence, and what fills it. */
  readonly text: { readonly key: string; readonly params: TextParams };
  /** What it was concluded from: `<node>#<section>`, `<node>#api`, `cluster#pods`. */
  readonly evidence: readonly string[];
}

/** Problem × subject. Only a fail or warn has a severity and a remedy; only an unknown has a reason. */
export type Finding =
  | (FindingBase & {
      readonly status: 'fail' | 'warn';
      readonly severity: Severity;
      /** Whether `plan` has an action for it; false when only a person can mend it, and the text says how. */
      readonly remedy: boolean;
      /** Fingerprint of the finding that explains this one; a symptom is muted while its cause is a finding. */
      readonly causedBy?: string;
      /** Numbers for people and JSON, for example bytes by container. */
      readonly facts?: Readonly<Record<string, FactValue>>;
    })
  | (FindingBase & { readonly status: 'pass'; readonly facts?: Readonly<Record<string, FactValue>> })
  | (FindingBase & { readonly status: 'unknown'; readonly reason: UnknownReason; readonly enable?: string })
  | (FindingBase & { readonly status: 'not-looked-at'; readonly enable: string });

export type FactValue = string | number | boolean | readonly FactValue[] | { readonly [key: string]: FactValue };

export interface ReferenceQuestion {
  /** As it is written in an object. */
  readonly written: string;
  /** Where it is published, where that does not follow from the names that have moved. */
  readonly published?: string;
}

export interface PlanInput<Inputs = object> {
  readonly evidence: Evidence;
  /** This problem's own findings. */
  readonly findings: readonly Finding[];
  /** Of `meta.remedies`, those that were asked for. Without them only what is safe by default is planned. */
  readonly remedies?: ReadonlySet<string>;
  /** What was typed for these remedies. */
  readonly inputs?: Inputs;
  /** As the findings were made with. */
  readonly names?: RetiredNames;
  /** What registries said of the references that `verifies` names, by the reference as it is written. */
  readonly verified?: ReadonlyMap<string, Successor>;
  /** Where images can be had: what the configuration says, and what nodes were told by those that `asksNodes` names. */
  readonly sources?: ImageSources;
}

export type PlannedAction = ActionSpec & {
  /**
   * The change that it is a part of, by a name of the problem's own. All that a problem does to a node in one change is
   * admitted to a plan together or not at all: a file, and the reload that puts it into force. Without a name it is a
   * part of one change with all others of the problem on that node that have none.
   */
  readonly partOf?: string;
};

export interface ProblemPlan {
  /** Of a change each action behind those that it needs. */
  readonly actions: readonly PlannedAction[];
  /** Changes of objects of the API, in order; carried out behind those of nodes. */
  readonly clusterActions?: readonly ClusterActionSpec[];
  /** Findings with a remedy for which no safe action could be planned, and why. */
  readonly refused: readonly {
    readonly fingerprint: string;
    readonly key: string;
    readonly params: TextParams;
    /** Nobody has to do anything: a warning, and its remedy was not named. The plan is whole without it. */
    readonly optional?: true;
  }[];
}
