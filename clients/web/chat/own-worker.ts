import { type Port, portOf } from '../host/port.ts';
import type { Serving } from '../host/worker.ts';
import { ownScript } from './own-script.ts';

/** A host in a worker of this page, which ends with the page or when its line is closed. */
export function openWorker(url: string, serving: Serving): Port {
  const worker = new Worker(ownScript(url), { type: 'module', name: 'dunlin' });
  const { port1, port2 } = new MessageChannel();
  worker.postMessage(serving, [port2]);
  const port = portOf(port1);
  return {
    ...port,
    close: () => worker.terminate(),
    get onMessage() {
      return port.onMessage;
    },
    set onMessage(to) {
      port.onMessage = to;
    },
  };
}
