import { NodemendError } from '../../errors/nodemend-error.ts';
import type { ManifestQuestion, SourceAnswer, SourceAnswers } from '../../images/sources/source-answer.ts';
import type { UsableLogin } from '../../registry/docker-config/login-for.ts';
import { isInvalid, parseReference } from '../../registry/reference/image-reference.ts';
import { fanOut, fanOutLimits } from '../../transport/fan-out.ts';
import { Limiter } from '../../transport/limiter.ts';
import type { ProgressReport } from '../../transport/progress.ts';
import type { NodeConnection, NodeTarget, Transport } from '../../transport/transport.ts';
import { unknownOf, type Unknown } from '../unknown.ts';
import { askManifest } from './ask-manifest.ts';
import { manifestByCtr } from './manifest-by-ctr.ts';
import { manifestByHttp } from './manifest-by-http.ts';

export interface SourcesQuestion {
  readonly transport: Transport;
  readonly targets: readonly NodeTarget[];
  readonly questions: readonly ManifestQuestion[];
  /** The login that a reference is asked for with; without one it is asked for as anybody can. */
  readonly loginOf?: ((reference: string) => UsableLogin | undefined) | undefined;
  readonly signal: AbortSignal;
  readonly onProgress?: (report: ProgressReport) => void;
}

interface Asking extends Required<Pick<SourcesQuestion, 'loginOf' | 'signal'>> {
  readonly connection: NodeConnection;
  readonly loginOf: NonNullable<SourcesQuestion['loginOf']>;
}

/** Programs on a node at once; sshd allows ten sessions of one connection (MaxSessions). */
const atOnce = 4;

/**
 * Asks registries from the nodes that are to pull from them: what is reached from here says nothing of them. One answer
 * for each question, also after Ctrl-C.
 */
export async function askSources({
  transport,
  targets,
  questions,
  loginOf = () => undefined,
  signal,
  onProgress,
}: SourcesQuestion): Promise<SourceAnswers> {
  const byNode = Map.groupBy(questions, ({ node }) => node);
  const asked = targets.filter(({ name }) => byNode.has(name));
  const results = await fanOut(
    transport,
    asked,
    (connection, { name }) => askOne({ connection, loginOf, signal }, byNode.get(name) ?? []),
    { limits: fanOutLimits(transport.kind), signal, ...(onProgress ? { onProgress } : {}) },
  );
  return new Map(
    results.map(({ target: { name }, outcome }) => {
      if (outcome.state === 'done') return [name, outcome.value];
      const error =
        outcome.state === 'failed' ? outcome.error : new NodemendError('COMMAND_INTERRUPTED', { node: name });
      return [name, new Map((byNode.get(name) ?? []).map(({ reference }) => [reference, unknownOf(error)]))];
    }),
  );
}

/** Registries beside each other, each one question after the other: one that hangs keeps nobody else waiting. */
async function askOne(
  asking: Asking,
  questions: readonly ManifestQuestion[],
): Promise<ReadonlyMap<string, SourceAnswer>> {
  const byReference = new Map(questions.map((question) => [question.reference, question]));
  const byRegistry = Map.groupBy(byReference.values(), ({ reference }) => reference.slice(0, reference.indexOf('/')));
  const places = new Limiter(atOnce);
  const answers = [...byRegistry.values()].map((ones) => places.run(() => askRegistry(asking, ones)));
  return new Map((await Promise.all(answers)).flat());
}

/** One that could not be reached is not asked again: in a closed network every question would take its whole time. */
async function askRegistry(
  asking: Asking,
  questions: readonly ManifestQuestion[],
): Promise<readonly (readonly [string, SourceAnswer])[]> {
  const answers: (readonly [string, SourceAnswer])[] = [];
  let away: Unknown | undefined;
  for (const question of questions) {
    const answer = away ?? (await answerTo(asking, question));
    if (answer.state === 'unknown' && isAway(answer)) away = answer;
    answers.push([question.reference, answer]);
  }
  return answers;
}

function isAway({ reason }: Unknown): boolean {
  return reason === 'unreachable' || reason === 'timed-out' || reason === 'tool-missing';
}

async function answerTo(
  { connection, loginOf, signal }: Asking,
  { reference, platform, runtime, hosts, hostsFolder, tls }: ManifestQuestion,
): Promise<SourceAnswer> {
  const parsed = parseReference(reference);
  if (isInvalid(parsed)) return { state: 'unknown', reason: 'malformed', detail: parsed.error };
  const login = loginOf(reference);
  const way = { hosts, hostsFolder, login, tls };
  const get = runtime === 'containerd' ? manifestByCtr(connection, way) : manifestByHttp(connection, way);
  try {
    const answer = await askManifest(get, { reference: parsed, platform }, signal);
    return answer.state === 'found' && login !== undefined ? { ...answer, user: login.user } : answer;
  } catch (error) {
    signal.throwIfAborted();
    return unknownOf(error);
  }
}
