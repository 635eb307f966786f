/**
 * The X.509 library's container asks for the metadata of decorators (`Reflect.getMetadata`, a proposal that never became part of
 * the language) when it is loaded. None of what it constructs has any, so "there is none" is the whole answer, and a
 * polyfill is not needed. Imported before the library.
 */
const none = () => undefined;
for (const name of ['getMetadata', 'getOwnMetadata', 'defineMetadata']) {
  if (!(name in Reflect)) Object.defineProperty(Reflect, name, { value: none, configurable: true });
}
