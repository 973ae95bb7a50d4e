// Reads a JSON list of flowcharts on stdin; writes what is wrong with each, or '', by
// the major version of each Mermaid that is installed.
import { createRequire } from 'node:module';
import { existsSync, readFileSync } from 'node:fs';
import { pathToFileURL } from 'node:url';

const folder = process.argv[2];
const require = createRequire(`${folder}/`);
const { JSDOM } = require('jsdom');
const { window } = new JSDOM('<body></body>');
globalThis.window = window;
globalThis.document = window.document;

const sources = JSON.parse(readFileSync(0, 'utf-8'));
const found = {};
for (const name of ['mermaid', 'mermaid-12']) {
  const home = `${folder}/node_modules/${name}`;
  if (!existsSync(home)) continue;
  const { version } = JSON.parse(readFileSync(`${home}/package.json`, 'utf-8'));
  const entry = pathToFileURL(`${home}/dist/mermaid.core.mjs`);
  const { default: mermaid } = await import(entry);
  mermaid.initialize({ startOnLoad: false, securityLevel: 'strict' });
  const errors = [];
  for (const source of sources) {
    try {
      await mermaid.parse(source);
      errors.push('');
    } catch (error) {
      errors.push(String(error));
    }
  }
  found[version.split('.')[0]] = errors;
}
process.stdout.write(JSON.stringify(found));
