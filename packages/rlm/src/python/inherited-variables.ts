import { CERTIFICATE_VARIABLES, CONTAINER_VARIABLES, PROXY_VARIABLES } from '@rlm-bridge/protocol';

/** What the worker inherits of the host's environment; nothing else does, so no key is ever in a worker's environment. */
export const INHERITED_VARIABLES = [
  'HOME',
  'LANG',
  'LC_ALL',
  'LC_CTYPE',
  'LOGNAME',
  'PATH',
  'TMPDIR',
  'TZ',
  'USER',
  'XDG_CONFIG_HOME',
  'XDG_RUNTIME_DIR',
  ...CONTAINER_VARIABLES,
  ...PROXY_VARIABLES,
  ...CERTIFICATE_VARIABLES,
] as const;

/** Of these, what nothing reads before a worker works: workers that differ in these alone are forked from one process. */
export const LATE_VARIABLES: readonly string[] = ['TMPDIR', ...CONTAINER_VARIABLES];

/** What the official pass-through environments read of their own services, inherited only by a worker that runs them. */
export const SERVICE_VARIABLES = {
  docker: [],
  landlock: [],
  local: [],
  ipython: [],
  modal: ['MODAL_CONFIG_PATH', 'MODAL_ENVIRONMENT', 'MODAL_PROFILE', 'MODAL_TOKEN_ID', 'MODAL_TOKEN_SECRET'],
  prime: ['PRIME_API_KEY', 'PRIME_BASE_URL', 'PRIME_TEAM_ID'],
  daytona: ['DAYTONA_API_KEY', 'DAYTONA_API_URL', 'DAYTONA_TARGET'],
  e2b: ['E2B_API_KEY', 'E2B_DOMAIN'],
} as const;

/** Set for every worker. A plugin of pydantic sees all that is validated, keys among it. */
export const FIXED_VARIABLES = { PYTHON_DOTENV_DISABLED: '1', PYDANTIC_DISABLE_PLUGINS: '1' } as const;
