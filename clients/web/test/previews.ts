/** For tests: what draws a file small, for a page of its own. */
export { Media } from '../../sdk/index.ts';
export { posterOf } from '../app/media/attach/poster.ts';
export { previewOf } from '../host/small-picture.ts';
