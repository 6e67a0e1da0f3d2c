/** A login of one registry. Never part of a message, a plan or evidence. */
export interface RegistryLogin {
  readonly user: string;
  readonly password: string;
}

/** The value of an `Authorization` header. */
export function basic({ user, password }: RegistryLogin): string {
  return `Basic ${Buffer.from(`${user}:${password}`, 'utf8').toString('base64')}`;
}
