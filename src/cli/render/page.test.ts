import { expect, test } from 'vitest';
import { contextOf } from './fixtures/sample-context.ts';
import { renderPage } from './page.ts';

test('each item of a list begins a line, whether it has a number or not', () => {
  const page = `In this order:

1. the node itself, under
   another name.
2. the \`registry\`
10. a file that was carried in, by \`nodemend images restore --from-archive FILE\`, which is the last of all.

- one
  and more
- two
`;
  expect(renderPage(page, contextOf('en'))).toMatchInlineSnapshot(`
    "In this order:

    1. the node itself, under another name.
    2. the registry
    10. a file that was carried in, by nodemend images restore --from-archive FILE,
        which is the last of all.

    - one and more
    - two
    "
  `);
});
