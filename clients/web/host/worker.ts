/**
 * Runs the host: in a SharedWorker for all tabs; where there are no shared ones, in a worker of the tab that has the seat
 * (chat/seat.ts), for all tabs as well; and where tabs cannot agree on one, in a worker of one tab alone.
 */
import { indexedDbFiles, openIndexedDbStorage } from '../../sdk/indexeddb.ts';
import { type Call, callsOf, HOSTS, OPEN } from './calls.ts';
import { Host } from './host.ts';
import { portOf } from './port.ts';

const DATABASE = 'dunlin';
const FILES = 'dunlin-files';

const host = new Host({
  server: location.origin,
  openStorage: () => openIndexedDbStorage(DATABASE),
  openFiles: () => indexedDbFiles(FILES),
  async deleteStorage() {
    await deleteDatabase(DATABASE);
    await deleteDatabase(FILES);
  },
});

/** How a worker of a tab serves: the tabs of this version, or its own, beside others that may serve theirs. */
export type Serving = 'all' | 'own';

// A version has a script of its own name: a host that hears of another name is the older one, as each says it once, at its start. One
// without locks cannot wait until another has let go of the device, and takes it from those of its own version too.
const alone = `${location.pathname} alone`;
const hosts = new BroadcastChannel(HOSTS);
hosts.onmessage = ({ data }) => {
  if (data !== location.pathname) void host.supersede(data === alone ? 'tab' : 'version');
};

const scope = globalThis as unknown as {
  onconnect?: (event: MessageEvent) => void;
  onmessage?: (event: MessageEvent) => void;
  navigator: { locks?: LockManager };
};
if ('SharedWorkerGlobalScope' in globalThis) {
  hosts.postMessage(location.pathname);
  scope.onconnect = ({ ports }) => host.connect(portOf(ports[0]!));
} else {
  hosts.postMessage(scope.navigator.locks === undefined ? alone : location.pathname);
  scope.onmessage = ({ data, ports }) => {
    if ((data as Serving) === 'all') answerCalls();
    host.connect(portOf(ports[0]!));
  };
}

function answerCalls(): void {
  const calls = new BroadcastChannel(callsOf(location.pathname));
  calls.onmessage = ({ data }) => {
    const call = data as Call;
    if (!('call' in call)) return;
    const line = new BroadcastChannel(call.call);
    host.connect(portOf(line));
    line.postMessage(OPEN);
  };
  calls.postMessage({ here: true } satisfies Call);
}

function deleteDatabase(name: string): Promise<void> {
  return new Promise((resolve, reject) => {
    const request = indexedDB.deleteDatabase(name);
    request.onsuccess = () => resolve();
    request.onerror = () => reject(request.error ?? new Error('the database was not deleted'));
  });
}
