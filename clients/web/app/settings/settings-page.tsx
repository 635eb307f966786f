import type { ComponentChildren } from 'preact';
import { ScreenFrame } from '../screen/index.ts';

/** A page of the settings: back goes to all of them. */
export const SettingsPage = (props: { title: string; children: ComponentChildren }) => (
  <ScreenFrame {...props} parent={{ at: 'screen', name: 'settings', path: [] }} />
);
