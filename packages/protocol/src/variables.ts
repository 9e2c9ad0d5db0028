// Variables of the environment that go on to programs which need them. No key is among them.

/** What a container runtime's client finds its daemon by. */
export const CONTAINER_VARIABLES = [
  'CONTAINER_HOST',
  'DOCKER_CERT_PATH',
  'DOCKER_CONFIG',
  'DOCKER_CONTEXT',
  'DOCKER_HOST',
  'DOCKER_TLS_VERIFY',
  'SSH_AUTH_SOCK', // DOCKER_HOST=ssh://
] as const;

/** The way to the network. */
export const PROXY_VARIABLES = [
  'ALL_PROXY',
  'HTTP_PROXY',
  'HTTPS_PROXY',
  'NO_PROXY',
  'all_proxy',
  'http_proxy',
  'https_proxy',
  'no_proxy',
] as const;

/** Whose certificates are trusted there. */
export const CERTIFICATE_VARIABLES = [
  'NODE_EXTRA_CA_CERTS',
  'REQUESTS_CA_BUNDLE',
  'SSL_CERT_DIR',
  'SSL_CERT_FILE',
] as const;
