/** Who is asking: a signed-in device of a user. Every service call that acts for somebody takes one. */
export interface Actor {
  user: string;
  device: string;
}
