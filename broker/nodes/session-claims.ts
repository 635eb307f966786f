/** A device is at this node, as far as anybody knows. */
export interface Claim {
  /** Its connection has ended. False: another has the device, or nobody else ever can. */
  release(): boolean;
}

/**
 * Port: which node has a device. A second connection with the same client id takes the place of the first [MQTT-3.1.4-2], wherever either
 * of them is; of two at once one survives.
 */
export interface SessionClaims {
  /**
   * A device has authenticated on this node: whoever had it is told, closes its connection and writes down where it stands, for which this
   * waits a moment. Never rejects: what cannot be asked is decided here alone, and made good later.
   * @param lost another node has the device from now on: the connection is to be closed; resolves when nothing more of it will be written
   * @returns null: a later connection of the device has taken this one's place already
   */
  claim(device: string, lost: () => Promise<void>): Promise<Claim | null>;
  stop(): Promise<void>;
}

const CLAIM: Claim = { release: () => false };

/** The only node there is: Aedes itself closes the older connection. */
export const noOtherNode: SessionClaims = {
  claim: async () => CLAIM,
  stop: async () => {},
};
