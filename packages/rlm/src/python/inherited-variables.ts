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
