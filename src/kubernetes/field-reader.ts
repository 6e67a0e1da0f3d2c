import type { NodemendError } from '../errors/nodemend-error.ts';
import type { Sentence } from '../errors/sentences.ts';
import type { Json } from './api.ts';
import { invalid } from './kubeconfig-invalid.ts';

/**
 * Typed access to the fields of one object of a kubeconfig. Errors name the field (`users[0].user.token`), never its
 * value, because values are secrets here. Unknown fields are left alone, as kubectl does.
 */
export class FieldReader {
  readonly #path: string;
  readonly #where: string;
  readonly #fields: Readonly<Record<string, unknown>>;

  constructor(path: string, where: string, value: unknown) {
    this.#path = path;
    this.#where = where;
    if (!isObject(value))
      throw this.#error(where === '' ? [{ key: 'kubeconfig.file' }] : where, { key: 'kubeconfig.not-object' });
    this.#fields = value;
  }

  has(key: string): boolean {
    return this.#fields[key] !== undefined && this.#fields[key] !== null;
  }

  /** An unquoted `123` is a number in YAML; kubectl refuses it where a text is due, and so does this. */
  text(key: string): string | undefined {
    const value = this.#fields[key] ?? undefined;
    return value === undefined || typeof value === 'string' ? value : this.fail(key, { key: 'kubeconfig.not-text' });
  }

  needText(key: string): string {
    return this.text(key) || this.fail(key, { key: 'kubeconfig.missing' });
  }

  flag(key: string): boolean {
    const value = this.#fields[key] ?? false;
    return typeof value === 'boolean' ? value : this.fail(key, { key: 'kubeconfig.not-flag' });
  }

  texts(key: string): readonly string[] {
    return this.#list(key).map((value) =>
      typeof value === 'string' ? value : this.fail(key, { key: 'kubeconfig.not-texts' }),
    );
  }

  textLists(key: string): ReadonlyMap<string, readonly string[]> {
    if (!this.has(key)) return new Map();
    const inner = this.object(key);
    return new Map(Object.keys(inner.#fields).map((name) => [name, inner.texts(name)]));
  }

  json(key: string): Json {
    // The value came from YAML's JSON schema: it is JSON by construction.
    return (this.#fields[key] ?? null) as Json;
  }

  object(key: string): FieldReader {
    return new FieldReader(this.#path, this.#at(key), this.#fields[key] ?? undefined);
  }

  items(key: string): readonly FieldReader[] {
    return this.#list(key).map((value, index) => new FieldReader(this.#path, `${this.#at(key)}[${index}]`, value));
  }

  /** @param problem whose text begins with `where`, which it is given */
  fail(key: string, problem: Sentence): never {
    throw this.#error(this.#at(key), problem);
  }

  #list(key: string): readonly unknown[] {
    const value = this.#fields[key] ?? [];
    return Array.isArray(value) ? value : this.fail(key, { key: 'kubeconfig.not-list' });
  }

  #at(key: string): string {
    return this.#where === '' ? key : `${this.#where}.${key}`;
  }

  #error(where: string | readonly Sentence[], { key, params }: Sentence): NodemendError {
    return invalid(this.#path, { key, params: { where, ...params } });
  }
}

function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
