const units = ['B', 'KiB', 'MiB', 'GiB', 'TiB', 'PiB'] as const;

/**
 * Bytes for people, IEC units (1 KiB = 1024 B) as df -h and Kubernetes quantities count: `0 B`, `1.5 GiB`, `240 MiB`.
 */
export function formatBytes(bytes: number): string {
  let value = Math.abs(bytes);
  let unit = 0;
  // 1023.96 KiB would round to "1024 KiB".
  while (unit < units.length - 1 && (value >= 1024 || Math.round(value) >= 1024)) {
    value /= 1024;
    unit += 1;
  }
  const digits = unit > 0 && value < 9.95 ? 1 : 0;
  const text = value.toFixed(digits).replace(/\.0$/, '');
  return `${bytes < 0 ? '-' : ''}${text} ${units[unit] ?? 'PiB'}`;
}

/** Time for people, two units at most, as kubectl writes ages: `850ms`, `12s`, `3m5s`, `2h10m`, `4d3h`. */
export function formatDuration(milliseconds: number): string {
  if (milliseconds < 1_000) return `${Math.max(0, Math.round(milliseconds))}ms`;
  const seconds = Math.round(milliseconds / 1_000);
  if (seconds < 60) return `${seconds}s`;
  if (seconds < 3_600) return pair(seconds, 60, ['m', 's']);
  if (seconds < 86_400) return pair(Math.round(seconds / 60), 60, ['h', 'm']);
  return pair(Math.round(seconds / 3_600), 24, ['d', 'h']);
}

function pair(value: number, base: number, [large, small]: readonly [string, string]): string {
  const rest = value % base;
  return `${Math.floor(value / base)}${large}${rest === 0 ? '' : `${rest}${small}`}`;
}

/**
 * A number as people read it: bytes and milliseconds by their name, all others as they are, because the sentence has
 * their unit.
 */
export function formatQuantity(name: string, value: number): string {
  if (/bytes$/i.test(name)) return formatBytes(value);
  return name.endsWith('Ms') ? formatDuration(value) : String(value);
}
