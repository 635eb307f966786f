/** For tests: pictures that say too much, and one that is too large. */
import { crc32, deflateSync } from 'node:zlib';
import sharp from 'sharp';

/** Is found in the bytes as long as what a camera wrote of itself is there. */
export const CAMERA = 'SECRETCAM';

export const plainPicture = (width = 800, height = 400) =>
  sharp({ create: { width, height, channels: 3, background: { r: 200, g: 30, b: 30 } } });

/** Lies on its side, and says where it was taken and with what. */
export const tellingPicture = (format: 'jpeg' | 'png' | 'webp' | 'avif'): Promise<Buffer> =>
  plainPicture()
    .toFormat(format)
    .withExif({
      IFD0: { Make: CAMERA },
      IFD3: { GPSLatitudeRef: 'N', GPSLatitude: '52/1 31/1 0/1' },
    })
    .withMetadata({ orientation: 6 })
    .toBuffer();

/** A PNG of black and white that says how large it is, and has no more of that than fits in some bytes. */
export function bomb(width: number, height: number): Buffer {
  const head = Buffer.alloc(13);
  head.writeUInt32BE(width, 0);
  head.writeUInt32BE(height, 4);
  head.set([1, 0, 0, 0, 0], 8);
  const rows = deflateSync(Buffer.alloc(Math.min((width / 8 + 1) * height, 4_000_000)));
  return Buffer.concat([
    Buffer.from('89504e470d0a1a0a', 'hex'),
    chunk('IHDR', head),
    chunk('IDAT', rows),
    chunk('IEND', Buffer.alloc(0)),
  ]);
}

function chunk(type: string, data: Buffer): Buffer {
  const body = Buffer.concat([Buffer.from(type, 'latin1'), data]);
  const framed = Buffer.alloc(body.length + 8);
  framed.writeUInt32BE(data.length, 0);
  body.copy(framed, 4);
  framed.writeUInt32BE(crc32(body), body.length + 4);
  return framed;
}
