import main from './image-builder.sh?raw';
import { shellDocument } from './shell-document.ts';

/**
 * A user script as one for NHN Cloud's Image Builder, which runs it as the image's default user and fails the build where
 * it ends with another code than 0 (TOAST-DOCS, Image Builder, user script): it brings the user script along, and has
 * root run it. Like that, it starts on its last line.
 */
export function imageBuilderScript(userScript: string, version: string): string {
  const { body, sha256 } = shellDocument(Buffer.from(userScript));
  return [
    '#!/bin/bash -e\n',
    `# User script for Image Builder, made by nodemend ${version}: what new nodes would do at their first boot, done in the\n`,
    "# image. Image Builder runs it as the image's default user, who becomes root by sudo.\n\n",
    `nodemend_brings() {\n${body}}\n\n`,
    main.replace(/^# shellcheck .*\n/u, ''),
    `\nnodemend_in_image ${sha256}\n`,
  ].join('');
}
