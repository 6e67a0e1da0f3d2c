/**
 * `readonly` all the way down, for what a zod schema gives. zod's own `.readonly()` would mark the published JSON
 * Schema as `readOnly`, and editors warn about that.
 */
export type Immutable<T> = T extends object ? { readonly [Key in keyof T]: Immutable<T[Key]> } : T;
