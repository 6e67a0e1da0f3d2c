/**
 * `import probe from './probe.sh?raw'` is the file's text. Shell scripts stay files of their own, so that shellcheck and
 * three shells can be run on them; the bundler, the test runner and the loader hook in `scripts/` all read this form.
 */
declare module '*?raw' {
  const text: string;
  export default text;
}
