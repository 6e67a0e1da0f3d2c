import type { Transfer } from '../../../app/runs/run-timeline.ts';
import { formatBytes, formatDuration } from '../../../locales/quantity.ts';
import type { RenderContext } from '../render-context.ts';

/** `12 MiB of 45 MiB, 5.9 MiB/s, 6s left` */
export function transferWords({ bytes, of, bytesPerSecond }: Transfer, { texts: { t } }: RenderContext): string {
  const amount = { bytes: formatBytes(bytes), of: formatBytes(of) };
  if (bytesPerSecond === 0 || bytes >= of) return t('run.transfer', amount);
  const left = formatDuration(((of - bytes) / bytesPerSecond) * 1000);
  return t('run.transferRate', { ...amount, rate: formatBytes(bytesPerSecond), left });
}
