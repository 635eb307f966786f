/** One page's end, or the host's end, of what joins them. */
export interface Port {
  post(message: unknown): void;
  onMessage: (message: unknown) => void;
  close(): void;
}

export function portOf(channel: MessagePort): Port {
  const port: Port = {
    post: (message) => channel.postMessage(message),
    onMessage: () => {},
    close: () => channel.close(),
  };
  channel.onmessage = ({ data }) => port.onMessage(data);
  return port;
}
