import { registryPull } from '../../actions/image/registry-source.ts';
import { NodemendError } from '../../errors/nodemend-error.ts';
import { imagesThere } from '../../images/images-there.ts';
import { storedName } from '../../images/needed-images.ts';
import { knownPlatforms } from '../../images/node-images.ts';
import type { CarriedImage } from '../../images/sources/brought-source.ts';
import { isSourceKind, type SourceKind, type SourceSettings } from '../../images/sources/candidates.ts';
import type { KeptAt } from '../../images/sources/name-map.ts';
import { notDigest, restoreRemedy, type RestoreInputs } from '../../images/sources/restore-inputs.ts';
import type { Plan } from '../../engine/plan.ts';
import { knownMinors, knownVersion } from '../../images/version-images.ts';
import { checkImageSources, configuredSources } from '../configuration/image-sources.ts';
import type { OpenedSession } from '../evidence/collect.ts';
import { planChange, type PlannedChange } from '../plans/make-plan.ts';
import type { Ports } from '../ports.ts';
import type { Loaded } from '../problems/with-problems.ts';
import type { Session } from '../session/session.ts';
import { openCarried, type CarriedFile } from './carried-images.ts';
import { requireArchives } from './given-images.ts';
import type { LoginOf } from './registry-logins.ts';

/** As it is typed. */
export interface RestoreWords {
  /** None: all that are missing. */
  readonly images: readonly string[];
  /** Kinds of sources, or where an image is kept (`registry.k8s.io=registry.example.com/k8s`). */
  readonly from: readonly string[];
  readonly acceptDigest: readonly string[];
  readonly forVersion: string | undefined;
  /** A file that was carried in. */
  readonly fromArchive: string | undefined;
}

/** What of it is restored, and from where. */
export interface RestoreWish extends RestoreInputs {
  /** Written out. */
  readonly names: readonly string[];
  readonly keptAt: readonly KeptAt[];
  readonly upgradeTo: string | undefined;
}

const command = 'images restore';

/** Before anything is asked. @throws NodemendError USAGE, IMAGE_SOURCE_INVALID */
export function restoreWish({ images, from, acceptDigest, forVersion, fromArchive }: RestoreWords): RestoreWish {
  const version = forVersion === undefined ? undefined : knownVersion(forVersion)?.version;
  if (forVersion !== undefined && version === undefined) {
    const [first, last] = knownMinors;
    throw new NodemendError('USAGE', {
      context: 'versionImages',
      typed: '--for-version',
      value: forVersion,
      first,
      last,
      command,
    });
  }
  const wrong = notDigest(acceptDigest);
  if (wrong !== undefined)
    throw new NodemendError('USAGE', { context: 'digest', typed: '--accept-digest', value: wrong, command });
  const names = images.map(nameOf);
  const { kinds, keptAt } = sourcesOf(from, fromArchive !== undefined);
  return {
    accepted: new Set(acceptDigest),
    upgradeTo: version,
    names,
    keptAt,
    ...(names.length === 0 ? {} : { images: new Set(names) }),
    ...(kinds.size === 0 ? {} : { from: kinds }),
  };
}

function nameOf(image: string): string {
  const name = storedName(image);
  if (name !== undefined) return name;
  throw new NodemendError('USAGE', { context: 'imageName', value: image, command });
}

function sourcesOf(
  from: readonly string[],
  hasArchive: boolean,
): {
  readonly kinds: ReadonlySet<SourceKind>;
  readonly keptAt: readonly KeptAt[];
} {
  const kinds = new Set<SourceKind>();
  const lines: KeptAt[] = [];
  for (const typed of from) {
    const [name = '', to] = typed.split('=', 2);
    if (to !== undefined) lines.push({ from: name, to });
    kinds.add(to === undefined ? kindOf(typed) : 'configuration');
  }
  if (kinds.has('archive') && !hasArchive)
    throw new NodemendError('USAGE', { context: 'imageArchive', typed: '--from', value: 'archive', command });
  // A file that is named is meant.
  if (kinds.size > 0 && hasArchive) kinds.add('archive');
  return { kinds, keptAt: checkTyped(lines) };
}

function kindOf(typed: string): SourceKind {
  if (isSourceKind(typed)) return typed;
  throw new NodemendError('USAGE', { context: 'imageSource', typed: '--from', value: typed, command });
}

export interface RestoreAsking {
  readonly session: Session;
  readonly opened: OpenedSession;
  readonly loginOf: LoginOf | undefined;
  /** Absolute. */
  readonly archive?: string | undefined;
}

export interface PlannedRestore extends PlannedChange {
  /** The file that was carried in. */
  readonly carried: Pick<CarriedFile, 'sealed' | 'sha256'> | undefined;
}

/** The password of each pull of a plan, by its action: what no plan and no record holds. */
export function passwordsOf({ actions }: Pick<Plan, 'actions'>, loginOf: LoginOf): (id: string) => string | undefined {
  return (id) => {
    const action = actions.find((one) => one.id === id);
    const pull = action && registryPull(action);
    const login = pull && loginOf(pull.reference);
    return login !== undefined && login.user === pull?.login?.user ? login.password.reveal() : undefined;
  };
}

/**
 * Plans to bring images back that nodes lack, or that are named. @throws NodemendError ACCESS_NOT_ASKED,
 * IMAGE_SOURCE_INVALID: what is typed and the configuration collide; IMAGE_ARCHIVE_INVALID, IMAGE_FILE_UNREADABLE
 */
export async function planRestore(
  wish: RestoreWish,
  { session, opened, loginOf, archive }: RestoreAsking,
  ports: Ports & Loaded,
): Promise<PlannedRestore> {
  const { configuration } = session;
  const carried = archive === undefined ? undefined : await openCarried(requireArchives(opened), archive);
  // What is named is looked for on every node, whoever needs it.
  const neededImages = [...(configuration.neededImages ?? []), ...wish.names];
  const asked = { ...session, upgradeTo: wish.upgradeTo, configuration: { ...configuration, neededImages } };
  const { names: _names, keptAt, upgradeTo: _version, ...restore } = wish;
  const { scope, ...change } = await planChange(
    {
      session: asked,
      opened,
      loginOf,
      asked: ports.problems,
      remedies: new Set([restoreRemedy]),
      inputs: new Map(ports.problems.map(({ meta }) => [meta.id, { [restoreRemedy]: restore }])),
      sources: {
        ...joinedSources(configuredSources(configuration), keptAt),
        ...(carried && { carried: writtenOut(await carried.images(knownPlatforms)) }),
      },
      command,
    },
    ports,
  );
  // Who named nothing asks for what is missing: what is there only says why there is nothing to do.
  const there =
    wish.images === undefined && change.plan.refused.length > 0 ? [] : imagesThere(scope.evidence, wish.images);
  // Of other remedies this command knows nothing.
  return { ...change, scope: { ...scope, further: [], there }, carried };
}

/** What the file calls an image in another way than kubelet could is known by its digest alone. */
function writtenOut(images: readonly CarriedImage[]): readonly CarriedImage[] {
  return images.map((image) => ({ ...image, names: image.names.flatMap((name) => storedName(name) ?? []) }));
}

/** What is typed goes before what is configured for the same name. */
function joinedSources(configured: SourceSettings, typed: readonly KeptAt[]): SourceSettings {
  const own = new Set(typed.map(({ from }) => from));
  const names = [...typed, ...configured.names.filter(({ from }) => !own.has(from))];
  return { ...configured, names: checkTyped(names) };
}

/** @throws NodemendError IMAGE_SOURCE_INVALID, in the words of the option */
function checkTyped(lines: readonly KeptAt[]): readonly KeptAt[] {
  return checkImageSources(lines, (index) => `--from ${lines[index]?.from}=${lines[index]?.to}`);
}
