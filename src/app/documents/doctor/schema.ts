import { z } from 'zod';
import type { Immutable } from '../immutable.ts';

const params = z.record(z.string(), z.union([z.string(), z.number()]));
const text = z.strictObject({ key: z.string().meta({ description: 'Key of the text, below doctor.' }), params });

const row = z.strictObject({
  check: z.string().meta({ description: 'Stable id of what was examined: api-server, access, sudo, clock …' }),
  subject: z.string().exactOptional().meta({ description: 'The node group or node; absent for the cluster.' }),
  state: z
    .enum(['ok', 'warn', 'fail', 'unknown', 'not-looked-at'])
    .meta({ description: 'unknown: asked, and could not be seen; never ok. not-looked-at: nobody asked.' }),
  text,
  next: text.exactOptional().meta({ description: 'What to do; every row that is not ok has one.' }),
  attachment: z.string().exactOptional().meta({ description: 'Something to copy, such as a role in YAML.' }),
  error: z
    .strictObject({ code: z.string(), params })
    .exactOptional()
    .meta({ description: 'The error behind it, by its code of the reference.' }),
});

/** The published form of `doctor -o json`. It grows by optional fields; anything else is a new version. */
export const doctorSchema = z.strictObject({
  schema: z.literal('nodemend.dev/doctor/v1'),
  rows: z.array(row),
  exitCode: z
    .union([z.literal(0), z.literal(3), z.literal(4), z.literal(5)])
    .meta({ description: '0 ready, 3 something fails, 4 warnings only, 5 something stayed unknown.' }),
});

export interface DoctorDocument extends Immutable<z.output<typeof doctorSchema>> {}
