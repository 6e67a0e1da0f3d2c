import listed from './default-objects.json' with { type: 'json' };

/** An object of the API by its place. */
export interface DefaultObjectPlace {
  readonly group: string;
  readonly version: string;
  /** Plural. */
  readonly resource: string;
  readonly kind: string;
  /** Absent for an object of the cluster. */
  readonly namespace?: string;
  readonly name: string;
}

/** What every cluster is created with, and an upgrade deploys again once its node groups are through. */
export const defaultObjects: readonly DefaultObjectPlace[] = listed.objects;
