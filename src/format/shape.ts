/**
 * What a reader of YAML needs of a JSON Schema: how scalars are typed, and
 * words for messages. Made from `schemas/` at build time.
 */
export interface Shape {
  readonly type: 'object' | 'array' | 'string' | 'boolean' | 'integer' | 'null' | readonly string[];
  /** A check on top of the schema's own: see `text-formats.ts`. */
  readonly format?: string;
  readonly enum?: readonly string[];
  readonly const?: unknown;
  /** What is wanted, in words: "a duration such as 30s, 5m or 1h". */
  readonly expected?: string;
  /** Keys that are refused with a reason of their own. */
  readonly refused?: Readonly<Record<string, string>>;
  readonly properties?: Readonly<Record<string, Shape>>;
  /** What any other key holds, where others are allowed. */
  readonly additionalProperties?: Shape;
  readonly items?: Shape;
}

/** One departure from a schema, as the compiled validator reports it. */
export interface SchemaError {
  /** JSON pointer to the value (RFC 6901). */
  readonly instancePath: string;
  readonly keyword: string;
  readonly params: Readonly<Record<string, unknown>>;
}
