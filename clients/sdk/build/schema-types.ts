/** A schema of the contract, as far as it is read here: what TypeBox makes is JSON Schema. */
export interface Schema {
  type?: string;
  const?: string | number | boolean;
  anyOf?: Schema[];
  items?: Schema;
  properties?: Record<string, Schema>;
  required?: string[];
  additionalProperties?: boolean | Schema;
  description?: string;
}

export const isSchema = (value: unknown): value is Schema =>
  typeof value === 'object' && value !== null && '~kind' in value;

const plain: Record<string, string> = {
  string: 'string',
  integer: 'number',
  number: 'number',
  boolean: 'boolean',
  null: 'null',
};

/** The TypeScript type of what fits a schema, without a validator in it. */
export function typeOf(schema: Schema, indent = ''): string {
  if (schema.const !== undefined) return JSON.stringify(schema.const);
  if (schema.anyOf !== undefined) return schema.anyOf.map((part) => typeOf(part, indent)).join(' | ');
  if (schema.type === 'array') return `(${typeOf(schema.items ?? {}, indent)})[]`;
  if (schema.type === 'object') return objectType(schema, indent);
  return plain[schema.type ?? ''] ?? 'unknown';
}

function objectType(
  { properties = {}, required = [], additionalProperties }: Schema,
  indent: string,
): string {
  const inner = `${indent}  `;
  const fields = Object.entries(properties).map(([name, field]) => {
    const comment = field.description === undefined ? '' : `${inner}/** ${field.description} */\n`;
    return `${comment}${inner}${name}${required.includes(name) ? '' : '?'}: ${typeOf(field, inner)};\n`;
  });
  const rest = typeof additionalProperties === 'object' ? `${inner}[field: string]: unknown;\n` : '';
  return `{\n${fields.join('')}${rest}${indent}}`;
}

/** An interface with a member for each schema of a table. */
export function tableType(name: string, table: Record<string, unknown>): string {
  const members = Object.entries(table).map(([type, schema]) => {
    const { description } = schema as Schema;
    const comment = description === undefined ? '' : `  /** ${description} */\n`;
    return `${comment}  '${type}': ${typeOf(schema as Schema, '  ')};\n`;
  });
  return `export interface ${name} {\n${members.join('')}}\n`;
}

/** A type for each schema that a module exports. */
export function moduleTypes(module: object): string {
  return Object.entries(module)
    .filter((entry): entry is [string, Schema] => isSchema(entry[1]))
    .map(([name, schema]) => {
      const comment = schema.description === undefined ? '' : `/** ${schema.description} */\n`;
      return `${comment}export type ${name} = ${typeOf(schema)};\n`;
    })
    .join('');
}
