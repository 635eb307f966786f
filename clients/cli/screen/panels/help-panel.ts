import { commandGroups, usages } from '../../commands/index.ts';
import { wrap } from '../../text/wrap.ts';
import { keyLines, type Place } from '../keymap.ts';
import { bold, type Line, span } from '../spans.ts';
import { TextPanel } from './panel.ts';

export const PLACES: Readonly<Record<Place, string>> = {
  anywhere: 'Keys anywhere',
  messages: 'Keys on a selected message (↑ from the composer, or Tab)',
  composer: 'Keys while writing',
  list: 'Keys in the conversations',
  panel: 'Keys in search, help and details',
};

/** Every key and every command. */
export const helpPanel = (): TextPanel =>
  new TextPanel('Help', (width) => {
    const lines: Line[] = [];
    const section = (title: string, rows: string[]) => {
      lines.push([bold(title)]);
      for (const row of rows) for (const part of wrap(row, width)) lines.push([span(part)]);
      lines.push([]);
    };
    for (const [place, title] of Object.entries(PLACES)) section(title, keyLines(place as Place));
    for (const [title, table] of Object.entries(commandGroups)) section(title, usages(table));
    return lines;
  });
