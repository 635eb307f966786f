declare module 'aedes-persistence/asyncPersistence.js' {
  const MemoryPersistence: new (options?: object) => unknown;
  export default MemoryPersistence;
}

declare module 'aedes-persistence/abstract.js' {
  const abstract: (options: {
    test: typeof import('node:test').test;
    persistence: () => unknown;
    testAsync?: boolean;
  }) => void;
  export default abstract;
}

declare module 'aedes-persistence-redis/asyncPersistence.js' {
  const RedisPersistence: new (options: { conn: object }) => unknown;
  export default RedisPersistence;
}
