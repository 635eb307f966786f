export type WireName = 'plain' | 'dunlin';

/** A part of a running system. Several may have the same name: they share the work. */
export interface Process {
  /** What it does, e.g. `broker`. */
  name: string;
  pid: number;
  /** The system under test, and not a server that it stands on. */
  ours: boolean;
}

/** What a scenario needs to exist before the load starts. Users and groups are named by their index. */
export interface World {
  /** How many users, each with one device. */
  users: number;
  /** Groups by their members; the first one owns the group and is the one who sends. */
  groups: number[][];
}

export interface Credentials {
  user: string;
  clientId: string;
  username: string;
  /** Empty: connect without one. */
  password: string;
}

/** A running system as the load generator, in its own process, sees it: everything here survives JSON. */
export interface Target {
  /** How it is spoken to. */
  wire: WireName;
  /** What does the work: processor time and memory are measured for each. */
  processes: Process[];
  /** MQTT on loopback; more than one: connections are spread over them. */
  ports: number[];
  users: Credentials[];
  /** What a group is addressed by, in the order of {@link World.groups}. */
  groups: string[];
  /** The process collects garbage at SIGUSR2, so that memory can be compared at rest. */
  collectsAtSignal: boolean;
  /** Where metrics say how much of what was accepted is not handled yet: several processes do that behind the acknowledgement. */
  backlogs?: string[];
  /** Base URL of the HTTP API, where the system has one. */
  http?: string;
  /** Bearer tokens by user, where the system has HTTP. */
  accessTokens?: string[];
}

export interface Running {
  target: Target;
  stop(): Promise<void>;
}

/** A system under test. */
export interface System {
  name: string;
  label: string;
  /** Why it cannot be measured on this machine, or null. */
  missing(): string | null | Promise<string | null>;
  /** Starts it in its own process, empty but for `world`. */
  start(world: World): Promise<Running>;
  /** Removes what was kept between starts. */
  dispose?(): Promise<void>;
}

/** How the system is spoken to: what the load generator needs to know, and nothing more. */
export interface Wire {
  /** What a receiver subscribes to. */
  receives(target: Target, user: number, group: number | null): string[];
  /** What a sender subscribes to, so that a refusal is noticed. */
  hears(target: Target, user: number): string[];
  direct(target: Target, from: number, to: number): Encode;
  group(target: Target, from: number, group: number): Encode;
  /** Where the text of a message begins in a payload, or -1 when it is not a message. Called for every delivery. */
  textAt(buffer: Buffer, start: number, end: number): number;
  /** The refusal in a payload, or null. Called for what is not a message. */
  refusal(payload: Buffer): string | null;
}

/** Encodes one send. `id` is a UUIDv7; a system without command ids leaves it out. */
export type Encode = (id: string, text: string) => { topic: string; payload: string };
