import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { parseFrames, type FrameStatus, type SectionFrame } from './frames.ts';

const marker = '0123456789abcdef0123456789abcdef';

/** As prelude.sh sends what has ended meanwhile: all headers, then all bodies. */
function encode(...batch: readonly SectionFrame[]): Buffer {
  const headers = batch.map(
    ({ name, exitCode, output, errors, status }) =>
      `nodemend:${marker} section ${name} ${exitCode} ${output.length} ${errors.length} ${status}\n`,
  );
  return Buffer.concat([
    Buffer.from(`${headers.join('')}nodemend:${marker} bodies\n`),
    ...batch.flatMap(({ output, errors }) => [output, errors]),
  ]);
}

function reply(batches: readonly (readonly SectionFrame[])[]): Buffer {
  return Buffer.concat([
    Buffer.from(`\nnodemend:${marker} start 1\n`),
    ...batches.map((batch) => encode(...batch)),
    Buffer.from(`nodemend:${marker} end ${batches.flat().length} 1234.56\n`),
  ]);
}

/** Bodies of any bytes, and some that look like our own frames. */
const body = fc.oneof(
  fc.uint8Array({ maxLength: 300 }),
  fc.constantFrom(
    Buffer.from(`nodemend:${marker} end 1 1.0\n`),
    Buffer.from(`nodemend:${marker} bodies\n`),
    Buffer.from(`nodemend:${marker} section demo/a 0 999999 0 ended\n`),
    Buffer.from(`\nnodemend:${marker} section demo/fake 0 2 0 ended\nhi`),
    Buffer.from(`nodemend:${marker} `),
  ),
);
const frame = fc.record({
  name: fc.stringMatching(/^[a-z0-9-]{1,12}\/[a-z0-9-]{1,12}$/),
  exitCode: fc.integer({ min: 0, max: 255 }),
  status: fc.constantFrom<FrameStatus>('ended', 'truncated', 'timed-out', 'scratch-full', 'no-scratch'),
  output: body,
  errors: body,
});
const frames = fc.uniqueArray(frame, { selector: ({ name }) => name, maxLength: 6 });
/** Sent in one go or in several. */
const batches = fc.tuple(frames, fc.array(fc.nat({ max: 6 }), { maxLength: 3 })).map(([all, places]) => {
  const cuts = [0, ...places.toSorted((a, b) => a - b), all.length];
  return cuts.slice(1).map((end, at) => all.slice(cuts[at], end));
});
/** A login banner: any bytes without this run's marker, which nobody can know. */
const noise = fc.uint8Array({ maxLength: 400 });

function plain(sections: Iterable<SectionFrame>): unknown {
  return [...sections].map((section) => ({ ...section, output: [...section.output], errors: [...section.errors] }));
}

describe('parseFrames', () => {
  test('gives back what was sent, after any noise', () => {
    fc.assert(
      fc.property(batches, noise, noise, (sent, before, after) => {
        const got = parseFrames(marker, Buffer.concat([before, reply(sent), after]));

        expect(got).toMatchObject({ started: true, complete: true, endUptime: 1234.56 });
        expect(plain(got.sections.values())).toEqual(plain(sent.flat()));
      }),
    );
  });

  test('keeps every section that arrived whole when the connection was cut anywhere', () => {
    fc.assert(
      fc.property(batches, noise, fc.nat(), (sent, before, place) => {
        const whole = Buffer.concat([before, reply(sent)]);
        const cut = before.length + (place % (whole.length - before.length));
        const got = parseFrames(marker, whole.subarray(0, cut));
        const headLength = before.length + `\nnodemend:${marker} start 1\n`.length;
        let end = headLength;
        const arrived = sent.flatMap((batch) => {
          end +=
            encode(...batch).length - batch.reduce((sum, { output, errors }) => sum + output.length + errors.length, 0);
          return batch.filter(({ output, errors }) => {
            end += output.length + errors.length;
            return end <= cut;
          });
        });

        expect(plain(got.sections.values())).toEqual(plain(arrived));
        expect(got.complete).toBe(false);
        expect(got.started).toBe(cut >= headLength);
      }),
    );
  });

  test('never throws, whatever comes, and believes no other marker', () => {
    const line = fc.constantFrom(
      `nodemend:${marker} `,
      'section demo/a 0 1 0 ended\n',
      'end 1 1.0\n',
      'start 1\n',
      'bodies\n',
      '\n',
      'x',
      ' ',
    );
    fc.assert(
      fc.property(fc.array(fc.oneof(line, fc.string()), { maxLength: 30 }), batches, (texts, sent) => {
        parseFrames(marker, Buffer.from(texts.join('')));

        expect(parseFrames('f'.repeat(32), reply(sent))).toEqual({
          started: false,
          complete: false,
          endUptime: undefined,
          sections: new Map(),
        });
      }),
    );
  });

  test('is not complete when a section is missing', () => {
    const text = `nodemend:${marker} start 1\nnodemend:${marker} end 1 5.0\n`;

    expect(parseFrames(marker, Buffer.from(text)).complete).toBe(false);
  });

  test('finds its way again after what is not a frame', () => {
    const one: SectionFrame = {
      name: 'demo/one',
      exitCode: 0,
      status: 'ended',
      output: Buffer.from('1'),
      errors: Buffer.from(''),
    };
    const two: SectionFrame = { ...one, name: 'demo/two' };
    const text = Buffer.concat([
      encode(one),
      Buffer.from(`Killed\nnodemend:${marker} section Bad/Name 0 1 1 ended\n`),
      encode(two),
    ]);

    expect([...parseFrames(marker, text).sections.keys()]).toEqual(['demo/one', 'demo/two']);
  });
});
