import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { beforeAll, expect, test } from 'vitest';
import { Project } from '../support/project.ts';

// The packed viewer, by itself and behind the packed command.

let project: Project;

const PROGRAM = `import { writeFile } from 'node:fs/promises';
import { openViewer, runReport } from '@rlm-bridge/viewer';
import { closeWorkers, fileStore, runRLM } from 'rlm-bridge';

const store = fileStore('runs');
const options = { backend: 'offline', environment: 'local', logDir: false, quiet: true, store, runId: 'ship' };
await runRLM('The name of the ship is the Kestrel.', 'What is the name of the ship?', options);
await writeFile('ship.html', runReport(store, 'ship'));
await using viewer = await openViewer({ store });
const page = await fetch(viewer.url);
console.log(page.status, (await page.text()).includes('<script>'), (await fetch(new URL('/', viewer.url))).status);
await closeWorkers();
`;

beforeAll(async () => {
  project = Project.installed('viewer');
  await project.write({ 'view.mjs': PROGRAM });
});

const read = (file: string) => readFile(join(project.folder, file), 'utf8');

test('openViewer serves the page, runReport writes a run into a file, and rlm view writes the same', async () => {
  expect((await project.run(process.execPath, ['view.mjs'])).stdout).toBe('200 true 403');
  const html = await read('ship.html');
  expect(html).toMatch(/^<!doctype html>.*<\/html>\n$/s);
  const { exitCode } = await project.try('node_modules/.bin/rlm', ['view', 'ship', '--html', 'again.html']);
  expect(exitCode).toBe(0);
  expect(await read('again.html')).toBe(html);
});

test('the page, script and style, has 150 KB at most when it is compressed', async () => {
  const folder = 'node_modules/@rlm-bridge/viewer/dist/page';
  const [script, style] = [await read(`${folder}/page.js`), await read(`${folder}/page.css`)];
  expect(script.length).toBeGreaterThan(10_000);
  expect(gzipSync(script).length + gzipSync(style).length).toBeLessThan(150_000);
});
