import type { RLMBackend, RLMEnvironment } from './backends.ts';
import type { JSONValue } from './json.ts';

/** Versions of everything that decides how a run goes, beside its options. */
export interface RLMRecordedVersions {
  /** Version of rlm-bridge. */
  package: string;
  /** Version of its worker. */
  worker: string;
  /** Version of the official library. */
  rlms: string;
  /** Version of the prompts that rlm-bridge adds. */
  prompts: number;
  /** Version of the protocol between both. */
  protocol: number;
  /** Version of Python that the worker ran on. */
  python: string;
  /** The price table and its version. */
  priceTable: string;
}

/** A model as a journal has it: without keys, headers and options of its backend. */
export interface RLMRecordedModel {
  /** Who serves it; `host` for a function of the caller's. */
  backend: RLMBackend | 'host';
  /** Its full name. */
  model: string;
  /** Where it was asked, without credentials; null for the backend's own address. */
  baseUrl: string | null;
  /** The option `samplingArgs`, or `subSamplingArgs`. */
  samplingArgs: { [name: string]: JSONValue };
  /** Whose prices hold for a model of the host; null where that is not known. */
  priceProvider: string | null;
}

/** The limits of a life of a run; null is no such limit. */
export interface RLMRecordedLimits {
  /** Most iterations of the root. */
  maxIterations: number;
  /** Most calls made from REPLs, over the whole tree. */
  maxSubCalls: number;
  /** Most of them at once. */
  maxConcurrentSubCalls: number;
  /** Most calls of host tools. */
  maxToolCalls: number;
  /** Depth at which `rlm_query` is a plain call. */
  maxDepth: number;
  /** Most US dollars. */
  maxBudgetUsd: number | null;
  /** Most milliseconds, over all lives. */
  maxDurationMs: number | null;
  /** Most tokens. */
  maxTokens: number | null;
  /** Most errors. */
  maxErrors: number | null;
  /** Most answers with the same fault; absent where there was no such limit. */
  maxRefusals?: number | undefined;
  /** Most characters of output that the root model is shown of a code block. */
  maxOutputChars: number;
}

/** What a run was asked, and with which options; limits are those that it began with. */
export interface RLMRecordedOptions {
  /** What was asked. */
  query: string;
  /** The session that it is a turn of; null for a run of its own. */
  session: string | null;
  /** The option `strategy`. */
  strategy: 'auto' | 'recurse' | 'direct';
  /** The model of the root. */
  rootModel: RLMRecordedModel;
  /** The model of sub-calls. */
  subModel: RLMRecordedModel;
  /** Where model code runs. */
  environment: RLMEnvironment;
  /** The option `environmentOptions`. */
  environmentOptions: { [name: string]: JSONValue };
  /** The limits that it began with. */
  limits: RLMRecordedLimits;
  /** The folder of official logs; null: none. */
  logDir: string | null;
  /** The option `systemPrompt`; null: the official one. */
  systemPrompt: string | null;
  /** The option `compaction`. */
  compaction: boolean;
  /** The option `promptCaching`. */
  promptCaching: boolean;
  /** What an answer had to be. */
  answer: {
    /** JSON Schema of it; null: any text. */
    schema: JSONValue;
    /** Whether this process judged it: by a schema, or by `validate`. */
    check: boolean;
    /** How much of the context had to be read, from 0 to 1; null: nothing. */
    requireCoverage: number | null;
    /** The option `typedSubCalls`. */
    typedSubCalls: boolean;
  };
  /** The host tools. */
  tools: {
    /** Name of the function in the REPL. */
    name: string;
    /** What the model was told of it. */
    description: string;
    /** JSON Schema of its arguments. */
    parameters: { [name: string]: JSONValue };
    /** JSON Schema of what it returns; null: none was given. */
    returns: { [name: string]: JSONValue } | null;
    /** Whether the REPLs of children had it. */
    inChildren: boolean;
  }[];
}

/** Where the context of a run is found: `text` and `json` are blobs of the store, the others the caller's own files. */
export type RLMRecordedContext =
  | {
      /** A string, or a list or dict as JSON. */
      kind: 'text' | 'json';
      /** Its length in characters. */
      chars: number;
      /** The blob's name, for `store.readBlob`. */
      sha256: string;
    }
  | {
      /** One file. */
      kind: 'file';
      /** Its size in bytes. */
      bytes: number;
      /** Of its content. */
      sha256: string;
      /** Where it was. */
      path: string;
    }
  | {
      /** Many files: a dict of name to text. */
      kind: 'files';
      /** Their size together, in bytes. */
      bytes: number;
      /** Of the hashes of all. */
      sha256: string;
      /** Each of them. */
      files: {
        /** Its name in the REPL. */
        name: string;
        /** Where it was. */
        path: string;
        /** Of its content. */
        sha256: string;
      }[];
    };
