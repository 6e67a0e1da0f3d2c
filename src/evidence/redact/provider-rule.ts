/** One rule for a provider's tokens, as gitleaks/rules.json has it. */
export interface ProviderRule {
  /** Gitleaks' name of it. */
  readonly id: string;
  readonly pattern: string;
  readonly flags: string;
  /** Lower case; one of them is near every token. */
  readonly keywords: readonly string[];
  /** Bits a character that the secret has at least; undefined: it need not look random. */
  readonly entropy?: number;
  /** The group that is the secret; undefined: the first one that took part, or all. */
  readonly group?: number;
}
