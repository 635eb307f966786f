/** Runs the host: in a SharedWorker for all tabs, or in a worker of one tab where there are no shared ones. */
import { indexedDbFiles, openIndexedDbStorage } from '../../sdk/indexeddb.ts';
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

// A version has a script of its own name: a host that hears of another name is the older one, as each says it once, at its start.
const hosts = new BroadcastChannel('dunlin-hosts');
hosts.onmessage = ({ data }) => {
  if (data !== location.pathname) void host.supersede();
};
hosts.postMessage(location.pathname);

const scope = globalThis as unknown as {
  onconnect?: (event: MessageEvent) => void;
  onmessage?: (event: MessageEvent) => void;
};
if ('SharedWorkerGlobalScope' in globalThis) scope.onconnect = ({ ports }) => host.connect(portOf(ports[0]!));
else scope.onmessage = ({ ports }) => host.connect(portOf(ports[0]!));

function deleteDatabase(name: string): Promise<void> {
  return new Promise((resolve, reject) => {
    const request = indexedDB.deleteDatabase(name);
    request.onsuccess = () => resolve();
    request.onerror = () => reject(request.error ?? new Error('the database was not deleted'));
  });
}
