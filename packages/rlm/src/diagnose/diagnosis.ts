import type { RLMBackend } from '../api/backends.ts';
import type { RLMResolvedModel } from '../options/resolve-models.ts';

/** What a program is, and where. */
interface FoundProgram {
  /** Path of the program, as a run would call it. */
  path: string;
  /** Its version, as in `3.12.4`. */
  version: string;
}

/** What the checks found out, by check. Never a key, nor anything about one but the name of its variable. */
export interface RLMCheckDetails {
  /** The uv that prepares the worker's environment. */
  uv: FoundProgram;
  /** The Python that a run would use. */
  python: FoundProgram;
  /** The worker's Python environment, and the worker that was started in it. */
  'worker-environment': {
    /** The folder that uv made, or will make, for the worker; null where a Python of the user's own is used. */
    folder: string | null;
    /** What the worker said of itself; null when there was none to ask. */
    worker: {
      /** Version of the worker: that of this package. */
      workerVersion: string;
      /** Version of the official library, the Python package `rlms`. */
      rlmsVersion: string;
      /** Version of the Python that the worker runs in. */
      pythonVersion: string;
      /** Version of the protocol that the worker speaks; a run needs Node's. */
      protocolVersion: number;
      /** Name and version of the price table, as in `genai-prices 0.2.3`. */
      priceTable: string;
    } | null;
  };
  /** The Docker or Podman that a run would start its containers with. */
  'container-runtime': {
    /** Which client was asked: the option `environmentOptions.runtime`. */
    runtime: 'docker' | 'podman';
    /** Version of the daemon, or of Podman itself. */
    version: string;
    /** Version of the client; null where the runtime does not say it. */
    clientVersion: string | null;
    /** Version of the control groups that hold the limits, `1` or `2`; null where the runtime does not say it. */
    cgroupVersion: string | null;
    /** Whether the runtime says that it runs without root. */
    isRootless: boolean;
    /** Limits of the sandbox that this runtime says it cannot enforce. */
    notEnforced: string[];
  };
  /** The sandbox's image, and the limits of what runs in it. */
  'sandbox-image': {
    /** Name of the image; null in an environment without one. */
    image: string | null;
    /** Id of the image; null when it is not here. */
    id: string | null;
    /** Size of the image in bytes; null when it is not here. */
    bytes: number | null;
    /** What a run would be held to, by name of the option: `{ memoryMb: 2048, cpus: 1 }` for example. */
    limits: { [option: string]: number | string };
  };
  /** The folders that a run writes: the cache, the temporary folder, and that of the logs; null for one that it does not. */
  folders: {
    [use in 'cache' | 'temp' | 'logs']: {
      /** Path of the folder, whether it is there or not. */
      path: string;
      /** Whether this user can write in it, or make it. */
      isWritable: boolean;
    } | null;
  };
  /** Names of the variables that steer the way to a provider and are set; never their values. */
  network: {
    /** Those that name a proxy, or what goes around it: `HTTPS_PROXY` for example. */
    proxyVariables: string[];
    /** Those that name certificates: `SSL_CERT_FILE` for example. */
    certificateVariables: string[];
  };
  /** Names of the providers' variables that are set, never their values. */
  keys: {
    /** Those that hold a key: `ANTHROPIC_API_KEY` for example. */
    keyVariables: string[];
    /** Those that hold a base URL: `OPENAI_BASE_URL` for example. */
    baseUrlVariables: string[];
    /** Who serves a run that names no backend; null: it would reject with `missing_api_key`, or a variable cannot be used. */
    defaultBackend: RLMBackend | null;
  };
  /** What a run with these options would ask; null where the options do not say it, or are refused. */
  models: {
    /** The model at depth 0. */
    root: RLMResolvedModel;
    /** The model of every sub-call. */
    sub: RLMResolvedModel;
  };
}

/** Name of a check: what it looks at. */
export type RLMCheckName = keyof RLMCheckDetails;

/** One thing that was looked at. `warning`: runs can go ahead; `failed`: they cannot. */
export type RLMCheck = {
  [N in RLMCheckName]: {
    /** What was looked at, to branch on. */
    name: N;
  } & CheckOutcome<N>;
}[RLMCheckName];

/** What a check came to. */
export interface CheckOutcome<N extends RLMCheckName> {
  /** `ok`; `warning`: runs can go ahead, perhaps after a first step of their own; `failed`: they cannot. */
  status: 'ok' | 'warning' | 'failed';
  /** What was found, in one line. */
  summary: string;
  /** What to do, in one line or more; null when there is nothing to do. */
  advice: string | null;
  /** A command that does it, for a shell; absent where none does. */
  command?: string | undefined;
  /** What was found, to work with; null when there was nothing to find, or no need to look. */
  details: RLMCheckDetails[N] | null;
}

/** What {@link diagnose} found: one check of each name, in a fixed order. */
export interface RLMDiagnosis {
  /** Whether no check failed. */
  ok: boolean;
  /** The checks: what was looked at, in a fixed order. */
  checks: RLMCheck[];
}
