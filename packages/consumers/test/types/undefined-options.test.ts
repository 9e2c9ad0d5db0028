import type * as aiSdk from '@rlm-bridge/ai-sdk';
import type * as assess from '@rlm-bridge/assess';
import type * as cli from '@rlm-bridge/cli';
import type * as rlm from 'rlm-bridge';
import { expectTypeOf, test } from 'vitest';

// Frameworks hand over `AbortSignal | undefined` and its like: under `exactOptionalPropertyTypes` an optional member takes
// undefined only where its type says so. `Refusing` walks a type and gives the paths of the members that do not.

test('every optional member of every public options type takes undefined', () => {
  expectTypeOf<Refusing<rlm.RLMOptions>>().toBeNever();
  expectTypeOf<Refusing<rlm.RLMTool>>().toBeNever();
  expectTypeOf<Refusing<rlm.RLMHostModelReply>>().toBeNever();
  expectTypeOf<Refusing<rlm.RLMSessionOptions>>().toBeNever();
  expectTypeOf<Refusing<rlm.RLMTurnOptions>>().toBeNever();
  expectTypeOf<Refusing<rlm.RLMWorkerSettings>>().toBeNever();
  expectTypeOf<Refusing<rlm.RLMDiagnoseOptions>>().toBeNever();
  expectTypeOf<Refusing<assess.AssessOptions>>().toBeNever();
  expectTypeOf<Refusing<assess.WorkerSpec>>().toBeNever();
  expectTypeOf<Refusing<aiSdk.AISDKModelOptions>>().toBeNever();
  expectTypeOf<Refusing<aiSdk.RLMToolOptions>>().toBeNever();
});

test('so does every optional member of what an exported function takes', () => {
  expectTypeOf<OfParameters<typeof rlm>>().toBeNever();
  expectTypeOf<OfParameters<typeof assess>>().toBeNever();
  expectTypeOf<OfParameters<typeof aiSdk>>().toBeNever();
  expectTypeOf<OfParameters<typeof cli>>().toBeNever();
});

test('the walk finds a member that refuses undefined, at any level', () => {
  interface Sample {
    mended?: string | undefined;
    flat?: string;
    nested?: { inner?: number; record?: { [name: string]: { deep?: 1 } } | undefined } | undefined;
    list: readonly { item?: boolean }[];
    callback?: () => void;
    [name: string]: unknown;
  }
  type Found = '.flat' | '.nested.inner' | '.nested.record[].deep' | '.list[].item' | '.callback';
  expectTypeOf<Refusing<Sample>>().toEqualTypeOf<Found>();
});

/** What is not walked into: functions, classes, schemas, models of an SDK, and what results are and hold, which is exact. */
type Whole =
  | ((...args: never[]) => unknown)
  | AbortSignal
  | Error
  | { '~standard': unknown }
  | { doGenerate: unknown }
  | { success: boolean }
  | assess.AppliedGate
  | NodeJS.ReadableStream;

type Refusing<T, At extends string = '', Levels extends 0[] = []> =
  IsAny<T> extends true
    ? never
    : Levels['length'] extends 6 // more than any option has; JSON goes on for ever
      ? never
      : T extends Whole
        ? never
        : T extends readonly (infer Item)[]
          ? Refusing<Item, `${At}[]`, [...Levels, 0]>
          : T extends object
            ? OfNames<Named<T>, At, Levels> | OfValues<T, At, Levels>
            : never;

type OfNames<T, At extends string, Levels extends 0[]> = {
  [K in keyof T & string]-?:
    | (IsExact<T, K> extends true ? `${At}.${K}` : never)
    | Refusing<Exclude<T[K], undefined>, `${At}.${K}`, [...Levels, 0]>;
}[keyof T & string];

type OfValues<T, At extends string, Levels extends 0[]> = string extends keyof T
  ? Refusing<T[keyof T], `${At}[]`, [...Levels, 0]>
  : never;

/** Optional, and undefined is no value of it. One that is never there is no option. */
type IsExact<T, K extends keyof T> =
  object extends Pick<T, K>
    ? [Exclude<T[K], undefined>] extends [never]
      ? false
      : { [P in K]: undefined } extends Pick<T, K>
        ? false
        : true
    : false;

type Named<T> = { [K in keyof T as string extends K ? never : number extends K ? never : K]: T[K] };
type IsAny<T> = 0 extends 1 & T ? true : false;

type OfParameters<Module> = {
  [N in keyof Module & string]: Module[N] extends (...args: infer Args) => unknown ? Refusing<Args[number], N> : never;
}[keyof Module & string];
