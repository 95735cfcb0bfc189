// Bundles what the pages load into webui/static/build: names carry a hash of their content, so that a browser may keep
// them for ever; manifest.json maps the plain name to it. Each file also lies there gzipped: no server compresses twice.
import { build } from 'esbuild';
import { mkdirSync, readFileSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { gzipSync } from 'node:zlib';

import { chinese } from './chinese.mjs';

const sources = dirname(fileURLToPath(import.meta.url));
const target = join(sources, '..', 'static', 'build');
const bundles = [
  ...['app.js', 'app.css', 'form.js', 'form.css', 'diagram.js', 'diagram.css', 'public.css', 'sheet.css'],
  ...['studio.css', 'desk.js', 'repairs.css', 'modeler.css', 'modeler.js', 'settings.css', 'settings.js', 'exploration.css', 'exploration.js', 'comparison.css', 'comparison.js', 'rehearsal.css', 'rehearsal.js', 'clauses.css', 'clauses.js'].map((name) => `studio/${name}`), // only designers load these
  ...['formeditor.css', 'formeditor.js', 'formpreview.css', 'formpreview.js'].map((name) => `studio/${name}`),
];

mkdirSync(target, { recursive: true });

const { metafile, outputFiles } = await build({
  absWorkingDir: join(sources, '..', '..'),
  entryPoints: bundles.map((name) => join(sources, name)),
  outdir: target,
  entryNames: '[name]-[hash]', // so the names are unique whatever folder they stand in
  bundle: true,
  minify: true,
  metafile: true,
  write: false,
  target: ['es2020', 'chrome87', 'safari15'],
  jsx: 'automatic',
  jsxImportSource: 'preact',
  // form-js's editor would bring a second preact, and the hooks of one do not work in what the other draws.
  alias: { preact: join(sources, '..', '..', 'node_modules', 'preact') },
  legalComments: 'none', // NOTICE carries them
  loader: { '.svg': 'dataurl', '.woff2': 'dataurl' },
  plugins: [chinese],
  logLevel: 'warning',
});

const manifest = {};
for (const [path, output] of Object.entries(metafile.outputs)) {
  if (output.entryPoint) manifest[basename(output.entryPoint)] = basename(path);
}
for (const { path, contents } of outputFiles) {
  const packed = gzipSync(contents, { level: 9 });
  writeFileSync(path, contents);
  writeFileSync(`${path}.gz`, packed);
  console.log(`${basename(path).padEnd(24)} ${kilobytes(contents)} ${kilobytes(packed)} gzip`);
}
writeFileSync(join(target, 'manifest.json'), JSON.stringify(manifest, null, 2) + '\n');
writeFileSync(join(target, 'packages.json'), JSON.stringify(bundledPackages(), null, 2) + '\n');

// Only now the files of the last build go: a server that is running meanwhile finds either the old ones or the new.
const current = new Set(outputFiles.flatMap(({ path }) => [basename(path), `${basename(path)}.gz`]));
for (const name of readdirSync(target)) {
  if (!name.endsWith('.json') && !current.has(name)) rmSync(join(target, name));
}

/** The npm packages some bundle contains: what NOTICE must name. */
function bundledPackages() {
  const names = Object.keys(metafile.inputs)
    .map((path) => path.match(/node_modules\/((?:@[^/]+\/)?[^/]+)\/(?!.*node_modules\/)/)?.[1])
    .filter(Boolean);
  return [...new Set(names)].sort();
}

function kilobytes(contents) {
  return `${(contents.length / 1024).toFixed(1).padStart(7)} K`;
}
