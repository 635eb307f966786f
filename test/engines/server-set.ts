import type { RunningEngine } from './engine.ts';

/** Several servers that are one to their clients: what is done to it is done to all of them. */
export class ServerSet implements RunningEngine {
  readonly url: string;
  readonly nodes: readonly RunningEngine[];
  readonly pid = null;

  constructor(url: string, nodes: readonly RunningEngine[]) {
    this.url = url;
    this.nodes = nodes;
  }

  async kill(): Promise<void> {
    await Promise.all(this.nodes.map((node) => node.kill()));
  }

  async start(): Promise<void> {
    await Promise.all(this.nodes.map((node) => node.start()));
  }

  freeze(): void {
    for (const node of this.nodes) node.freeze();
  }

  thaw(): void {
    for (const node of this.nodes) node.thaw();
  }

  async dispose(): Promise<void> {
    await Promise.all(this.nodes.map((node) => node.dispose()));
  }
}
