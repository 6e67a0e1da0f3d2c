import type { IncomingHttpHeaders } from 'node:http';

/**
 * The server's clock minus ours, milliseconds, from the Date header (RFC 9110 section 6.6.1), which has whole seconds:
 * the middle of its second is compared with the middle of the round trip, so the error is half a second and half a
 * round trip.
 */
export function clockSkewMs({ date }: IncomingHttpHeaders, sentAt: number, receivedAt: number): number | undefined {
  const server = typeof date === 'string' ? Date.parse(date) : Number.NaN;
  return Number.isNaN(server) ? undefined : Math.round(server + 500 - (sentAt + receivedAt) / 2);
}
