/** One page's end, or the host's end, of what joins them. */
export interface Port {
  post(message: unknown): void;
  onMessage: (message: unknown) => void;
  close(): void;
}

/** Of a channel that is open, with nobody else on it than the two. */
export function portOf(channel: MessagePort | BroadcastChannel): Port {
  const port: Port = {
    post: (message) => channel.postMessage(message),
    onMessage: () => {},
    close: () => channel.close(),
  };
  channel.onmessage = ({ data }: MessageEvent) => port.onMessage(data);
  return port;
}
