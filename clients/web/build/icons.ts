/** Makes the pictures that systems ask for of the one that is drawn. Run it when that has changed. */
import { copyFileSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import sharp from 'sharp';
import { web } from './paths.ts';

const drawn = join(web, 'ui/dunlin.svg');
const icons = join(web, 'public/icons');
copyFileSync(drawn, join(icons, 'dunlin.svg'));
const svg = readFileSync(drawn, 'utf8');
for (const size of [192, 512])
  await sharp(Buffer.from(svg), { density: 600 })
    .resize(size, size)
    .png({ compressionLevel: 9 })
    .toFile(join(icons, `dunlin-${size}.png`));

// Of one colour, on nothing: systems look only at where there is something.
const outline = svg
  .replace(/<rect width="128" height="128" fill="url\(#sea\)"\/>/, '')
  .replace(/<!-- The shore[\s\S]*?(?=<!-- Legs)/, '')
  .replaceAll(/(fill|stroke)="#[0-9a-f]{6}"/g, '$1="#ffffff"')
  .replace('viewBox="0 0 128 128"', 'viewBox="4 10 120 120"');
await sharp(Buffer.from(outline), { density: 600 })
  .resize(96, 96)
  .png({ compressionLevel: 9 })
  .toFile(join(icons, 'dunlin-badge-96.png'));

// Systems cut it to shapes of their own: no corners, and the bird within the middle four fifths.
const whole = svg
  .replace('rx="30"', 'rx="0"')
  .replace('viewBox="0 0 128 128"', 'viewBox="-13 -13 154 154"')
  .replace(
    '<g clip-path="url(#tile)">',
    '<rect x="-13" y="-13" width="154" height="154" fill="#117f76"/><path d="M-13 110C20 98 36 107 60 104s42-9 81-3v40H-13z" fill="#e9d9b6"/><g>',
  )
  .replace('<rect width="128" height="128" fill="url(#sea)"/>', '');
await sharp(Buffer.from(whole), { density: 600 })
  .resize(512, 512)
  .png({ compressionLevel: 9 })
  .toFile(join(icons, 'dunlin-maskable-512.png'));
