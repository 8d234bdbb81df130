// Unpacks what the package brings: node unpack.js FROM TO. Brotli is in Node and not in Python's standard library.
const fs = require("node:fs");
const path = require("node:path");
const zlib = require("node:zlib");

const [from, to] = process.argv.slice(2);
for (const name of fs.readdirSync(from)) {
  const content = zlib.brotliDecompressSync(fs.readFileSync(path.join(from, name)));
  fs.writeFileSync(path.join(to, path.parse(name).name), content, { mode: 0o755 });
}
