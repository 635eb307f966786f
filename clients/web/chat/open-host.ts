import { type Port, portOf } from '../host/port.ts';
import workerUrl from '../host/worker.ts?worker&url';
import { ownScript } from './own-script.ts';

/** A way to the host: the one that all tabs share, or, where there is none or it does not answer, one of this tab alone. */
export function openHost(shared: boolean): Port {
  const url = ownScript(workerUrl);
  if (shared && 'SharedWorker' in globalThis)
    return portOf(new SharedWorker(url, { type: 'module', name: 'dunlin' }).port);
  const worker = new Worker(url, { type: 'module', name: 'dunlin' });
  const { port1, port2 } = new MessageChannel();
  worker.postMessage(null, [port2]);
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
