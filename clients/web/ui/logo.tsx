import source from './dunlin.svg?url';

/** The bird. It says nothing to a screen reader: the name stands beside it. */
export const Logo = ({ size = 40 }: { size?: number }) => (
  <img src={source} width={size} height={size} alt="" draggable={false} />
);
