/**
 * Gathers what is asked for while the question before is under way, and asks it together: of many at once each costs a part of one question.
 * @param ask answers in the order asked
 */
export function together<T, R>(
  ask: (items: T[]) => Promise<readonly R[]>,
  most: number,
): (item: T) => Promise<R> {
  const waiting: { item: T; done: PromiseWithResolvers<R> }[] = [];
  let running = false;

  async function run(): Promise<void> {
    running = true;
    while (waiting.length > 0) {
      const some = waiting.splice(0, most);
      try {
        const answers = await ask(some.map(({ item }) => item));
        for (const [i, { done }] of some.entries()) done.resolve(answers[i]!);
      } catch (error) {
        for (const { done } of some) done.reject(error);
      }
    }
    running = false;
  }

  return (item) => {
    const done = Promise.withResolvers<R>();
    waiting.push({ item, done });
    // What is asked for in the same turn goes with it.
    if (!running) {
      running = true;
      queueMicrotask(() => void run());
    }
    return done.promise;
  };
}
