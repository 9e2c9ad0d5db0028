import type { RLMBackend } from '../api/backends.ts';

/** What the checks found out, by check. Never a key, nor anything about one but the name of its variable. */
export interface RLMCheckDetails {
  uv: { path: string; version: string };
  python: { path: string; version: string };
  'worker-environment': {
    /** The folder that uv made, or will make, for the worker; null where a Python of the user's own is used. */
    folder: string | null;
    /** What the worker said of itself; null when there was none to ask. */
    worker: {
      workerVersion: string;
      rlmsVersion: string;
      pythonVersion: string;
      protocolVersion: number;
      priceTable: string;
    } | null;
  };
  'container-runtime': {
    runtime: 'docker' | 'podman';
    version: string;
    clientVersion: string | null;
    cgroupVersion: string | null;
    isRootless: boolean;
    /** Limits of the sandbox that this runtime says it cannot enforce. */
    notEnforced: string[];
  };
  'sandbox-image': {
    image: string | null;
    /** Null when the image is not here. */
    id: string | null;
    bytes: number | null;
    /** What a run would be held to, by name of the option. */
    limits: { [option: string]: number | string };
  };
  /** The folders that a run writes: the cache, the temporary folder, and that of the logs where there are any. */
  folders: { [use in 'cache' | 'temp' | 'logs']: { path: string; isWritable: boolean } | null };
  /** Names of the variables that are set. */
  network: { proxyVariables: string[]; certificateVariables: string[] };
  /** Names of the variables that are set. */
  keys: { keyVariables: string[]; baseUrlVariables: string[]; defaultBackend: RLMBackend | null };
  /** What a run with these options would ask; null where the options do not say it, or are refused. */
  models: {
    root: { backend: RLMBackend | 'host'; model: string };
    sub: { backend: RLMBackend | 'host'; model: string };
  };
}

export type RLMCheckName = keyof RLMCheckDetails;

/** One thing that was looked at. `warning`: runs can go ahead; `failed`: they cannot. */
export type RLMCheck = { [N in RLMCheckName]: { name: N } & CheckOutcome<N> }[RLMCheckName];

/** What a check came to. */
export interface CheckOutcome<N extends RLMCheckName> {
  status: 'ok' | 'warning' | 'failed';
  /** What was found, in one line. */
  summary: string;
  /** What to do; null when there is nothing to do. */
  advice: string | null;
  /** A command that does it, where there is one. */
  command?: string | undefined;
  /** Null when there was nothing to find, or no need to look. */
  details: RLMCheckDetails[N] | null;
}

/** What {@link diagnose} found: one check of each name, in a fixed order. */
export interface RLMDiagnosis {
  /** Whether no check failed. */
  ok: boolean;
  checks: RLMCheck[];
}
