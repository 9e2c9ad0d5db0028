import { closeSync, openSync, readSync } from 'node:fs';
import { RLMError } from '../api/errors.ts';

/** Files of authorities that a worker trusts; `SSL_CERT_FILE` alone takes the place of the bundled ones. */
export const CERTIFICATE_VARIABLES = ['SSL_CERT_FILE', 'NODE_EXTRA_CA_CERTS', 'REQUESTS_CA_BUNDLE'] as const;

export const PROXY_VARIABLES = ['ALL_PROXY', 'HTTPS_PROXY', 'HTTP_PROXY', 'all_proxy', 'https_proxy', 'http_proxy'];

const PROXY_SCHEMES = ['http:', 'https:', 'socks5:', 'socks5h:'];

/**
 * What of the network's settings cannot be used, before anything is sent and paid for.
 * @throws {RLMError} `invalid_setting`, which begins with the variable's name.
 */
export function requireUsableNetwork(env: NodeJS.ProcessEnv): void {
  for (const name of CERTIFICATE_VARIABLES) if (env[name]) requireCertificates(name, env[name]);
  for (const name of PROXY_VARIABLES) if (env[name]) requireProxy(name, env[name]);
}

/** @throws {RLMError} `invalid_setting` for a key that no header carries; the message does not hold it. */
export function requireUsableKey(name: string, key: string): void {
  if (/^[\x20-\x7e]+$/.test(key) && key === key.trim()) return;
  throw invalid(
    `${name}: the key begins or ends with a blank, or has a line break or a letter that no key has. Copy it again, alone.`,
  );
}

/** @throws {RLMError} `invalid_setting` for what is no http address. */
export function requireUsableAddress(name: string, address: string): void {
  if (/^https?:\/\/\S+$/.test(address) && URL.canParse(address)) return;
  throw invalid(`${name}: must be an address as https://host/path, without blanks.`);
}

/** @throws {RLMError} `invalid_setting` for what is no version of an API. */
export function requireUsableVersion(name: string, version: string): void {
  if (!/^[\w.-]+$/.test(version)) throw invalid(`${name}: must be a version as 2024-10-21, without blanks.`);
}

function requireCertificates(name: string, path: string): void {
  const unusable = (what: string) =>
    invalid(`${name} names ${path}, which ${what}. Correct the variable, or unset it.`);
  try {
    if (holds(path, '-----BEGIN ')) return;
  } catch (error) {
    const code = (error as NodeJS.ErrnoException).code;
    if (code === 'EISDIR') return; // a folder of them, which OpenSSL takes
    throw unusable(`cannot be read (${code})`);
  }
  throw unusable('holds no certificate in PEM form');
}

/** Whether a file holds a text, read no further than to there: those of authorities are large, and each run looks at them. */
function holds(path: string, text: string): boolean {
  const file = openSync(path, 'r');
  try {
    const piece = Buffer.alloc(4096);
    for (let kept = 0; ; ) {
      const end = kept + readSync(file, piece, { offset: kept });
      if (end === kept) return false;
      if (piece.subarray(0, end).includes(text)) return true;
      // The text may begin where this piece ends.
      kept = Math.min(end, text.length - 1);
      piece.copy(piece, 0, end - kept, end);
    }
  } finally {
    closeSync(file);
  }
}

function requireProxy(name: string, address: string): void {
  const written = address.includes('://') ? address : `http://${address}`;
  if (URL.canParse(written) && PROXY_SCHEMES.includes(new URL(written).protocol)) return;
  throw invalid(`${name}: must be the address of a proxy, as http://host:port or socks5://host:port.`);
}

function invalid(message: string): RLMError {
  return new RLMError('invalid_setting', message);
}
