import { open } from 'node:fs/promises';

const PATHS = ['/', '/index.html', '/login', '/api/v1/items', '/static/app.js', '/static/app.css', '/favicon.ico'];
const AGENT = '"-" "Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/140.0 Safari/537.36"';

/** Writes a file of about `bytes` bytes in the common log format: lines that are much alike, in an order that is the same every time. */
export async function webLog(file: string, bytes: number): Promise<void> {
  const handle = await open(file, 'w');
  try {
    for (let size = 0, n = 0; size < bytes; ) {
      const lines: string[] = [];
      for (let line = 0; line < 10_000; line += 1, n += 1) lines.push(lineOf(n));
      const text = `${lines.join('\n')}\n`.slice(0, bytes - size);
      await handle.write(text);
      size += text.length;
    }
  } finally {
    await handle.close();
  }
}

function lineOf(n: number): string {
  const mixed = Math.imul(n, 2_654_435_761) >>> 0;
  const [minute, second] = [Math.floor(n / 3000) % 60, Math.floor(n / 50) % 60].map((part) =>
    String(part).padStart(2, '0'),
  );
  const path = PATHS[mixed % PATHS.length];
  const status = mixed % 29 === 0 ? 404 : 200;
  return `10.0.${mixed % 7}.${mixed % 211} - - [11/Oct/2026:13:${minute}:${second} +0000] "GET ${path} HTTP/1.1" ${status} ${mixed % 5003} ${AGENT}`;
}
