import { decode, isBlurhashValid } from 'blurhash';
import { useLayoutEffect, useRef } from 'preact/hooks';
import styles from './media.module.css';

/** A blur has no more in it than this, pixels. */
const SIZE = 32;

/** What is shown of a picture until it is there. */
export function Blur({ hash }: { hash: string }) {
  const canvas = useRef<HTMLCanvasElement>(null);
  useLayoutEffect(() => {
    const context = canvas.current?.getContext('2d');
    if (!context || !isBlurhashValid(hash).result) return;
    const pixels = new Uint8ClampedArray(decode(hash, SIZE, SIZE));
    context.putImageData(new ImageData(pixels, SIZE, SIZE), 0, 0);
  }, [hash]);
  return <canvas ref={canvas} class={styles.blur} width={SIZE} height={SIZE} />;
}
