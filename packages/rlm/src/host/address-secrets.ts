import { SECRET_NAMES } from '@rlm-bridge/protocol';

const SECRET_NAME = new RegExp(SECRET_NAMES.join('|'), 'i');

/** What stands before the host of an address: `user:password@`. */
const USER_INFO = /^[a-z][a-z0-9+.-]*:\/\/([^/?#]*)@/i;

/**
 * What of an address is secret, as it is written and as it is sent: its password, or its user where it has none, both together
 * in clear and as Basic authorization has them, and what its query calls a secret. The rule is the worker's.
 */
export function* secretsOfAddress(address: string): Generator<string> {
  const [, info] = USER_INFO.exec(address) ?? [];
  if (info !== undefined) yield* secretsOfUser(info);
  const [, query = ''] = /\?([^#]*)/.exec(address) ?? [];
  for (const part of query.split('&')) {
    const [name = '', ...rest] = part.split('=');
    if (!SECRET_NAME.test(decoded(name))) continue;
    yield rest.join('=');
    yield decoded(rest.join('=').replaceAll('+', ' '));
  }
}

function* secretsOfUser(info: string): Generator<string> {
  const colon = info.indexOf(':');
  const user = colon === -1 ? info : info.slice(0, colon);
  const password = colon === -1 ? '' : info.slice(colon + 1);
  for (const form of [(text: string) => text, decoded]) {
    const pair = `${form(user)}:${form(password)}`;
    const sent = Buffer.from(pair).toString('base64');
    yield password === '' ? form(user) : form(password);
    yield pair;
    yield sent;
    yield sent.replace(/=+$/, '');
  }
}

function decoded(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}
