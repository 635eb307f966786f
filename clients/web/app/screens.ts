import type { ComponentType } from 'preact';
import type { ScreenProps } from './screen-props.ts';

/** Screens beside the conversation, by their name in the path: `/app/{name}/…`. Each is loaded when it is first opened. */
export const screens: Readonly<Record<string, () => Promise<{ default: ComponentType<ScreenProps> }>>> = {
  new: () => import('./people/screen.tsx'),
  user: () => import('./people/user-link.tsx'),
  details: () => import('./details/screen.tsx'),
  settings: () => import('./settings/screen.tsx'),
};
