import { promisify } from 'node:util';
import { gzip } from 'node:zlib';

const compress = promisify(gzip);

/** A value as a data block of a document: compressed and in base64, so that nothing in it can be markup. */
export async function dataBlock(id: string, value: unknown): Promise<string> {
  const bytes = await compress(JSON.stringify(value));
  return `<script type="application/gzip" id="${id}">${bytes.toString('base64')}</script>\n`;
}
