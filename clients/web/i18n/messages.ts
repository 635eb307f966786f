/** A text, with `{name}` where a value goes; or the forms it takes with the number `count` (CLDR plural categories). */
export type Message = string | Plural;
export type Plural = { readonly other: string } & Partial<
  Record<'zero' | 'one' | 'two' | 'few' | 'many', string>
>;

/** The names of the values in a text. */
type NamesIn<S> = S extends `${string}{${infer Name}}${infer Rest}` ? Name | NamesIn<Rest> : never;

/** What a message of this type must be given. */
export type ValuesOf<M> = M extends string
  ? { [K in NamesIn<M>]: string | number }
  : M extends { other: infer S }
    ? { [K in Exclude<NamesIn<S>, 'count'>]: string | number } & { count: number }
    : never;

/** The same messages in another language: every key, and forms where the truth has forms. */
export type Translation<En> = { readonly [K in keyof En]: En[K] extends string ? string : Plural };
