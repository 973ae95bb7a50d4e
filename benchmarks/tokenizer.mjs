// Counts the tokens of each text of a JSON list on stdin; prints a JSON list.
// The one argument is the folder of the npm package gpt-tokenizer.
import { createRequire } from "node:module";
import { readFileSync } from "node:fs";

const require = createRequire(import.meta.url);
const { encode } = require(`${process.argv[2]}/cjs/encoding/o200k_base.js`);
const texts = JSON.parse(readFileSync(0, "utf-8"));
console.log(JSON.stringify(texts.map((text) => encode(text).length)));
