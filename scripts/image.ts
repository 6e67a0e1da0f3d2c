/**
 * npm run image: the container image of nodemend, in dist/image/, as one file that `ctr images import`, `docker load`,
 * skopeo and podman read. `-- --out FOLDER` puts it elsewhere. With SOURCE_DATE_EPOCH its files have that time, else
 * 1970.
 */
import { relative } from 'node:path';
import { parseArgs } from 'node:util';
import { makeImage } from './image/make-image.ts';
import { imageTimestamp } from './image/timestamp.ts';

const { values } = parseArgs({ options: { out: { type: 'string' } } });

try {
  const { name, digest, archive, size } = await makeImage(values.out, imageTimestamp(process.env));
  console.log(`${name}\n${digest}\n${relative(process.cwd(), archive)}  ${(size / 1e6).toFixed(1)} MB`);
} catch (error) {
  console.error(`image: ${(error as Error).message}`);
  process.exitCode = 1;
}
