type Callback = (error?: Error | null) => void;

interface Slot {
  callback: Callback;
  settled: boolean;
  error: Error | null;
}

/**
 * Acknowledges the packets of a connection in the order in which they came, whatever is done first [MQTT-4.6.0-2, MQTT-4.6.0-3].
 */
export class InOrder {
  /** Only connections of which a packet is being handled. */
  readonly #slots = new Map<object, Slot[]>();

  /** Returns what is to be called when the packet is done. */
  take(connection: object, callback: Callback): (error?: Error | null) => void {
    let slots = this.#slots.get(connection);
    if (slots === undefined) {
      slots = [];
      this.#slots.set(connection, slots);
    }
    const slot = { callback, settled: false, error: null } as Slot;
    slots.push(slot);
    return (error = null) => {
      slot.settled = true;
      slot.error = error;
      while (slots[0]?.settled === true) {
        const first = slots.shift()!;
        first.callback(first.error);
      }
      if (slots.length === 0) this.#slots.delete(connection);
    };
  }
}
