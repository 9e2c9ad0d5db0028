/** Longest wait for `worker.ready`: importing the providers' SDKs on a cold, busy machine takes seconds. */
export const READY_TIMEOUT_MS = 60_000;

/** How long a worker has to end a cancelled run by itself; then its run is settled and its process group gets SIGTERM. */
export const CANCEL_GRACE_MS = 800;

/** How long a worker has to end the REPL of a session; then it is ended itself. */
export const SESSION_CLOSE_GRACE_MS = 15_000;

/** How long an idle worker has to show that it is there; then another is started. */
export const PING_TIMEOUT_MS = 5_000;

/** From SIGTERM to SIGKILL. */
export const KILL_GRACE_MS = 1_500;

/** How far a worker may run over `maxDurationMs` before the host ends the run itself. */
export const DURATION_GRACE_MS = 900;

/** How long what a dead worker wrote may take to arrive, while a grandchild still holds its pipes. */
export const DRAIN_MS = 250;

/** How much of a worker's stderr is kept for error messages. */
export const STDERR_TAIL_BYTES = 8 * 1024;

/** Longest wait for the container runtime to list or remove what a killed worker left. */
export const CONTAINER_CLEANUP_MS = 20_000;

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
  // the container runtime
  'CONTAINER_HOST',
  'DOCKER_CERT_PATH',
  'DOCKER_CONFIG',
  'DOCKER_CONTEXT',
  'DOCKER_HOST',
  'DOCKER_TLS_VERIFY',
  'SSH_AUTH_SOCK', // DOCKER_HOST=ssh://
  // the network
  'ALL_PROXY',
  'HTTP_PROXY',
  'HTTPS_PROXY',
  'NO_PROXY',
  'all_proxy',
  'http_proxy',
  'https_proxy',
  'no_proxy',
  'NODE_EXTRA_CA_CERTS',
  'REQUESTS_CA_BUNDLE',
  'SSL_CERT_DIR',
  'SSL_CERT_FILE',
] as const;

/** What the official pass-through environments read of their own services, inherited only by a worker that runs them. */
export const SERVICE_VARIABLES = {
  docker: [],
  local: [],
  ipython: [],
  modal: ['MODAL_CONFIG_PATH', 'MODAL_ENVIRONMENT', 'MODAL_PROFILE', 'MODAL_TOKEN_ID', 'MODAL_TOKEN_SECRET'],
  prime: ['PRIME_API_KEY', 'PRIME_BASE_URL', 'PRIME_TEAM_ID'],
  daytona: ['DAYTONA_API_KEY', 'DAYTONA_API_URL', 'DAYTONA_TARGET'],
  e2b: ['E2B_API_KEY', 'E2B_DOMAIN'],
} as const;

/** Set for every worker. */
export const FIXED_VARIABLES = { PYTHON_DOTENV_DISABLED: '1' } as const;
