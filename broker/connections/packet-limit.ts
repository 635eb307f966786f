import type { InnerClient, InnerParser } from '../aedes-inside.ts';

/** Bytes of a packet of somebody whom we do not know yet: enough for a CONNECT with a token and a will. */
const BEFORE_AUTHENTICATION = 16 * 1024;

/**
 * Refuses packets by the length they declare, before any of it is kept: mqtt-packet's parser would gather up to 256 MiB. Returns what is
 * to be called with every new client; `onTooLarge` closes the connection, from which nothing is read any more.
 */
export function packetLimit(
  packetBytes: number,
  onTooLarge: (client: InnerClient, declared: number, allowed: number) => void,
): (client: InnerClient) => void {
  let parseLength: ((this: InnerParser) => boolean) | null = null;

  function checkedLength(this: InnerParser): boolean {
    if (!parseLength!.call(this)) return false;
    const { client } = this;
    const allowed = client._authorized ? packetBytes : Math.min(BEFORE_AUTHENTICATION, packetBytes);
    const declared = this.packet.length;
    if (declared <= allowed) return true;
    client._paused = true;
    client.conn.removeAllListeners('readable');
    onTooLarge(client, declared, allowed);
    return false;
  }

  return (client) => {
    parseLength ??= client._parser._parseLength;
    client._parser._parseLength = checkedLength;
  };
}
