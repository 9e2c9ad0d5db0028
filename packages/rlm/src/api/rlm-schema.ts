/**
 * A schema of a validation library: zod 4, ArkType 2, Valibot through `toStandardJsonSchema`, or any other that follows
 * Standard Schema and gives JSON Schema. `T` is its output: what it makes of a value.
 */
export interface StandardSchema<T> {
  /** What Standard Schema defines; see https://standardschema.dev. */
  readonly '~standard': {
    /** Version of Standard Schema. */
    readonly version: 1;
    /** Name of the library that made the schema. */
    readonly vendor: string;
    /** Checks a value; gives what the schema makes of it, or what is wrong with it. */
    readonly validate: (value: unknown) => unknown;
    /** Types of what goes in and comes out, for the compiler alone. */
    readonly types?:
      | {
          /** Type of what the schema takes. */
          readonly input: unknown;
          /** Type of what the schema makes of it. */
          readonly output: T;
        }
      | undefined;
  };
}

/** A plain JSON Schema: draft 2020-12, or draft-07 when its `$schema` says so. */
export type JSONSchema = ({ readonly [keyword: string]: unknown } | object) & {
  /** Never there: what has it is a {@link StandardSchema}. */
  readonly '~standard'?: never;
};

/** A shape that a value must have. */
export type RLMSchema<T> = StandardSchema<T> | JSONSchema;
