// Every area of errors, one line each; a kind of action that refuses for reasons of its own declares them in its folder.
export { actions } from './actions.ts';
export { cli } from './cli.ts';
export { engine } from './engine.ts';
export { evidence } from './evidence.ts';
export { images } from './images.ts';
export { kubernetes } from './kubernetes.ts';
export { lab } from './lab.ts';
export { registry } from './registry.ts';
export { schedule } from './schedule.ts';
export { transport } from './transport.ts';
export { bootArgument } from '../../actions/boot-argument/errors.ts';
export { image } from '../../actions/image/errors.ts';
export { imagePin } from '../../actions/image-pin/errors.ts';
export { logSpace } from '../../actions/log-space/errors.ts';
export { pullSecret } from '../../actions/pull-secret/errors.ts';
export { reboot } from '../../actions/reboot/errors.ts';
export { service } from '../../actions/service/errors.ts';
