import { request } from 'node:http';
import { connect } from 'node:net';
import { text as readAll } from 'node:stream/consumers';
import { gunzipSync } from 'node:zlib';
import { expect, test } from 'vitest';
import { MemorySource } from '../support/memory-source.ts';
import { type Served, served } from '../support/served.ts';

/** What is answered to a request whose headers no fetch would send. */
function statusOf({ origin, cookie }: Served, path: string, headers: Record<string, string>, method = 'GET') {
  return new Promise<number | undefined>((resolve, reject) => {
    const { port } = new URL(origin);
    const asking = request({ host: '127.0.0.1', port, path, method, headers: { cookie, ...headers } }, (response) => {
      response.resume();
      resolve(response.statusCode);
    });
    asking.on('error', reject).end();
  });
}

test('the server is on loopback alone, and its address has a token of 32 random bytes', async () => {
  const [one, other] = [await served(new MemorySource()), await served(new MemorySource())];
  const token = new URL(one.url).searchParams.get('token') ?? '';
  expect(Buffer.from(token, 'base64url')).toHaveLength(32);
  expect(new URL(other.url).searchParams.get('token')).not.toBe(token);
  expect(new URL(one.url).hostname).toBe('127.0.0.1');
});

test('a page that was opened with the token reads runs, texts and the assessment', async () => {
  const source = new MemorySource();
  const answer = source.text('forty-two \ud800 \u0000 </script>');
  const { ask } = await served(source);
  expect(await (await ask('runs')).json()).toMatchObject([{ id: 'run-1' }]);
  expect(await (await ask('run?id=run-1')).json()).toMatchObject({ head: { id: 'run-1' } });
  const whole = await ask(`text?run=run-1&text=${answer.id}&chars=${answer.chars}&start=0&end=${answer.chars}`);
  expect(await whole.json()).toBe(source.texts[0]);
  expect(await (await ask(`text?run=run-1&text=${answer.id}&chars=${answer.chars}&start=3&end=5`)).json()).toBe('ty');
  expect(await (await ask('assessment')).json()).toBeNull();
});

test('nothing is served without the token, or with another one', async () => {
  const { origin, folder, url } = await served(new MemorySource());
  const wrong = url.replace(/.$/, (last) => (last === 'A' ? 'B' : 'A'));
  const token = new URL(url).searchParams.get('token');
  const addresses = [
    `${origin}/`,
    wrong,
    `${origin}/?token=`,
    `${origin}${folder}`,
    `${origin}${folder}runs`,
    `${origin}${folder}runs?token=${token}`,
  ];
  for (const address of addresses) {
    const response = await fetch(address);
    expect([address, response.status]).toEqual([address, 403]);
    expect(await response.text()).not.toContain('run-1');
  }
  const cookies = ['rlm_view=', 'rlm_view=undefined', `rlm_view=${token}`];
  for (const cookie of cookies) {
    expect((await fetch(`${origin}${folder}runs`, { headers: { cookie } })).status).toBe(403);
  }
});

test('another name of the host, as of DNS rebinding, is refused, whoever asks', async () => {
  const page = await served(new MemorySource());
  const { port } = new URL(page.origin);
  expect(await statusOf(page, `${page.folder}runs`, { host: `localhost:${port}` })).toBe(200);
  for (const host of [
    `evil.example:${port}`,
    'localhost',
    `127.0.0.1:${Number(port) + 1}`,
    `127.0.0.1.evil.example:${port}`,
  ]) {
    expect([host, await statusOf(page, `${page.folder}runs`, { host })]).toEqual([host, 403]);
    expect([host, await statusOf(page, new URL(page.url).pathname + new URL(page.url).search, { host })]).toEqual([
      host,
      403,
    ]);
  }
});

test('fetches, frames and pictures of other sites are refused, with the cookie and all; a link of one is not', async () => {
  const page = await served(new MemorySource());
  const runs = `${page.folder}runs`;
  expect(await statusOf(page, runs, { origin: 'http://evil.example' })).toBe(403);
  expect(await statusOf(page, runs, { origin: 'null' })).toBe(403);
  for (const site of ['cross-site', 'same-site']) {
    expect(await statusOf(page, runs, { 'sec-fetch-site': site, 'sec-fetch-mode': 'cors' })).toBe(403);
    const framed = { 'sec-fetch-site': site, 'sec-fetch-mode': 'navigate', 'sec-fetch-dest': 'iframe' };
    expect(await statusOf(page, page.folder, framed)).toBe(403);
    expect(await statusOf(page, page.folder, { ...framed, 'sec-fetch-dest': 'document' })).toBe(200);
  }
  expect(await statusOf(page, runs, { 'sec-fetch-site': 'same-origin', 'sec-fetch-mode': 'cors' })).toBe(200);
});

test.each(['POST', 'PUT', 'DELETE', 'OPTIONS', 'HEAD', 'TRACE'])('%s is refused', async (method) => {
  const page = await served(new MemorySource());
  expect(await statusOf(page, `${page.folder}runs`, {}, method)).toBe(405);
});

test('no path leads to a file: "..", encoded slashes, NUL, absolute and doubled ones are not there', async () => {
  const page = await served(new MemorySource());
  const paths = [
    '../../package.json',
    '..%2f..%2fpackage.json',
    '%2e%2e/%2e%2e/package.json',
    '..\\..\\package.json',
    'runs/',
    '/runs',
    'runs%00',
    '%00',
    'toString',
    '__proto__',
    'constructor',
    'page.js',
    'run/../runs',
  ];
  for (const path of paths) {
    expect([path, await statusOf(page, page.folder + path, {})]).toEqual([path, 404]);
  }
  for (const path of [
    '/etc/passwd',
    '//etc/passwd',
    `http://evil.example${page.folder}runs`,
    'http://evil.example/',
    '*',
  ]) {
    expect([path, await statusOf(page, path, {})]).toEqual([path, 404]);
  }
});

test('an id is one of a run of the source and no path', async () => {
  const { ask } = await served(new MemorySource());
  for (const id of ['../run-1', '/etc/passwd', 'run-2', '..', '\u0000', 'run-1/../run-1']) {
    const response = await ask(`run?${new URLSearchParams({ id })}`);
    expect([id, response.status]).toEqual([id, 404]);
    expect(await response.json()).toEqual({ message: `There is no run ${id}.` });
  }
});

test.each([
  'run',
  'run?id=',
  'text?run=run-1',
  'text?run=run-1&text=0&start=0&end=3',
  'text?run=run-1&text=0&chars=3&start=-1&end=3',
  'text?run=run-1&text=0&chars=3&start=0&end=1e9',
  'changes',
])('a query that no page sends is told what is wrong with it: %s', async (door) => {
  const { ask } = await served(new MemorySource());
  expect((await ask(door)).status).toBe(400);
});

test('every answer forbids what it does not need: to be kept, framed, sniffed, or read by another site', async () => {
  const { ask, origin, url } = await served(new MemorySource());
  for (const response of [await fetch(url), await ask('runs'), await ask('nothing'), await fetch(origin)]) {
    const header = (name: string) => response.headers.get(name);
    expect(header('cache-control')).toBe('no-store');
    expect(header('x-content-type-options')).toBe('nosniff');
    expect(header('referrer-policy')).toBe('no-referrer');
    expect(header('cross-origin-resource-policy')).toBe('same-origin');
    expect(header('cross-origin-opener-policy')).toBe('same-origin');
    expect(header('access-control-allow-origin')).toBeNull();
    expect(header('content-security-policy')).toMatch(/^default-src 'none';.*frame-ancestors 'none'/);
  }
});

test('the page may run its own script alone, and its cookie is for it alone', async () => {
  const response = await fetch((await served(new MemorySource())).url);
  const policy = response.headers.get('content-security-policy');
  expect(policy).toMatch(/script-src 'sha256-[\w+/=]{44}'; style-src 'sha256-[\w+/=]{44}';/);
  expect(policy).toContain("require-trusted-types-for 'script'");
  expect(policy).not.toMatch(/unsafe|nonce|http|\*/);
  expect(response.headers.get('set-cookie')).toMatch(
    /^rlm_view=[\w-]{43}; Path=\/v\/[\w-]{16}\/; HttpOnly; SameSite=Strict$/,
  );
  const html = await response.text();
  expect(html.match(/<\/script/g)).toHaveLength(1);
  expect(html).toContain('globalThis.isPage = "\\x3C/script>"');
});

test('a large answer is compressed for whoever takes it', async () => {
  const source = new MemorySource();
  const long = source.text('long '.repeat(100_000));
  const page = await served(source);
  const door = `text?run=run-1&text=${long.id}&chars=${long.chars}&start=0&end=${long.chars}`;
  const { port } = new URL(page.origin);
  const bytes = await new Promise<Buffer>((resolve, reject) => {
    const headers = { cookie: page.cookie, 'accept-encoding': 'gzip' };
    request({ host: '127.0.0.1', port, path: page.folder + door, headers }, async (response) => {
      resolve(Buffer.concat(await response.toArray()));
    })
      .on('error', reject)
      .end();
  });
  expect(bytes.length).toBeLessThan(10_000);
  expect(JSON.parse(gunzipSync(bytes).toString())).toBe(source.texts[long.id]);
});

test('what is no HTTP is closed, and the server goes on', async () => {
  const { origin, ask } = await served(new MemorySource());
  const socket = connect(Number(new URL(origin).port), '127.0.0.1');
  socket.end('GET \u0000 nonsense\r\n\r\n');
  expect(await readAll(socket)).toMatch(/^HTTP\/1.1 400/);
  expect((await ask('runs')).status).toBe(200);
});
