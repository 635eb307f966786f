import Type, { type TSchema } from 'typebox';

export const port = (fallback: number, description: string) =>
  Type.Integer({
    minimum: 0,
    maximum: 65_535,
    default: fallback,
    description: `${description} (0: any free port)`,
  });
export const count = (fallback: number, description: string, minimum = 1) =>
  Type.Integer({ minimum, maximum: 1_000_000_000, default: fallback, description });
/** 0 switches the limit off. */
export const limit = (fallback: number, description: string) =>
  count(fallback, `${description}; 0: no limit`, 0);
export const text = (fallback: string, description: string) =>
  Type.String({ default: fallback, description });
export const flag = (fallback: boolean, description: string) =>
  Type.Boolean({ default: fallback, description });
export const choice = <const T extends string>(values: readonly T[], fallback: T, description: string) =>
  Type.Union(
    values.map((value) => Type.Literal(value)),
    { default: fallback, description },
  ) as unknown as ReturnType<typeof Type.Unsafe<T>>;
export const group = <P extends Record<string, TSchema>>(description: string, fields: P) =>
  Type.Object(fields, { additionalProperties: false, description });
