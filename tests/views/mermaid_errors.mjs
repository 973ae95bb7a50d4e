// Reads a JSON list of flowcharts on stdin; writes what is wrong with each, or ''.
import { createRequire } from 'node:module';
import { readFileSync } from 'node:fs';
import { pathToFileURL } from 'node:url';

const require = createRequire(`${process.argv[2]}/`);
const { JSDOM } = require('jsdom');
const { window } = new JSDOM('<body></body>');
globalThis.window = window;
globalThis.document = window.document;

const entry = require.resolve('mermaid').replace(/[^/]*$/, 'mermaid.core.mjs');
const { default: mermaid } = await import(pathToFileURL(entry));
mermaid.initialize({ startOnLoad: false, securityLevel: 'strict' });

const found = [];
for (const source of JSON.parse(readFileSync(0, 'utf-8'))) {
  try {
    await mermaid.parse(source);
    found.push('');
  } catch (error) {
    found.push(String(error));
  }
}
process.stdout.write(JSON.stringify(found));
