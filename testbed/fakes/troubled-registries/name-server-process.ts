/**
 * A name server that knows no name, on port 53 of the network namespace that it is started in: RFC 1035, 4.1. Names
 * that begin with `servfail` get a failure, those that begin with `silent` no answer.
 */
import { createSocket } from 'node:dgram';

const headerBytes = 12;
const responseFlag = 0x80;
const recursionAvailable = 0x80;
const codes = { serverFailure: 2, nameError: 3 } as const;

const socket = createSocket('udp4');
socket.on('message', (query, { port, address }) => {
  const firstLabel = query.subarray(headerBytes + 1, headerBytes + 1 + (query[headerBytes] ?? 0)).toString('latin1');
  if (firstLabel.startsWith('silent')) return;
  const question = query.subarray(0, endOfQuestion(query));
  const answer = Buffer.from(question);
  answer[2] = (answer[2] ?? 0) | responseFlag;
  answer[3] = recursionAvailable | (firstLabel.startsWith('servfail') ? codes.serverFailure : codes.nameError);
  // Counts of answers, authorities and additional records: none.
  answer.fill(0, 6, headerBytes);
  socket.send(answer, port, address);
});
socket.bind(53, '0.0.0.0');

/** Labels, each after its length, up to an empty one; then type and class. */
function endOfQuestion(query: Buffer): number {
  let at = headerBytes;
  for (let length = query[at] ?? 0; length > 0; length = query[at] ?? 0) at += length + 1;
  return at + 1 + 4;
}
