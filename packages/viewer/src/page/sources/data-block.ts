/** The value of a data block of the document. It may stand below what the browser has read of it by now. */
export async function readBlock<Value>(document: Document, id: string): Promise<Value> {
  // A block that something follows is whole.
  const isWhole = () => document.readyState !== 'loading' || document.getElementById(id)?.nextElementSibling;
  while (!isWhole()) await new Promise((resolve) => setTimeout(resolve, 20));
  const text = document.getElementById(id)?.textContent;
  if (text === undefined || text === null) throw new Error('The file ends before its end: it was cut off.');
  const stream = new Blob([bytesOf(text.trim())]).stream().pipeThrough(new DecompressionStream('gzip'));
  return (await new Response(stream).json()) as Value;
}

function bytesOf(base64: string): Uint8Array<ArrayBuffer> {
  const chars = atob(base64);
  const bytes = new Uint8Array(chars.length);
  for (let place = 0; place < chars.length; place += 1) bytes[place] = chars.charCodeAt(place);
  return bytes;
}
