import type { ImageRecord } from '../../actions/image-pin/image-pin-action.ts';
import { isRightPin, pinLabel, type NodeImage } from '../node-images.ts';

/** As `image-pin`'s own schema has it: what else a record may be called cannot be named to ctr. */
const nameForm = /^[a-z0-9][A-Za-z0-9._:/@-]{0,500}$/;
const valueForm = /^[A-Za-z0-9._:-]{0,100}$/;
const mostRecords = 20;

/**
 * All records of an image, its tags, digests and its id alike, as an action that labels them has to find them: a pull
 * takes the label off the name that it is for, and leaves the others. Undefined where one is not such that it could be
 * named to ctr.
 */
export function pinRecords({ names, pins, marks }: NodeImage): readonly ImageRecord[] | undefined {
  const records = names.map(({ name, digest = '' }): ImageRecord => ({
    name,
    digest,
    pinned: pins.find((one) => one.name === name && one.label === pinLabel)?.value ?? '',
    run: marks.find((one) => one.name === name)?.run ?? '',
  }));
  const isNameable = records.every(
    ({ name, digest, pinned, run }) =>
      nameForm.test(name) && digest !== '' && valueForm.test(pinned) && valueForm.test(run),
  );
  return isNameable && records.length <= mostRecords ? records : undefined;
}

export function isPinned({ name, pinned }: ImageRecord): boolean {
  return isRightPin({ name, label: pinLabel, value: pinned });
}

/** Whether each record of it has the label, so that nothing takes the pin off by pulling one name again. */
export function isWhollyPinned({ names, pins }: NodeImage): boolean {
  return names.every(({ name }) => pins.some((pin) => pin.name === name && isRightPin(pin)));
}

/** The run of nodemend's that pinned it, where one has and the pin is there still. */
export function pinnedByRun({ pins, marks }: NodeImage): string | undefined {
  return marks.find(({ name }) => pins.some((pin) => pin.name === name && isRightPin(pin)))?.run;
}
