// Compiles schemas/*.schema.json into src/format/generated: validators and the
// schemas themselves (validators.js, with validators.d.ts) and types (types.ts).
// The code needs nothing of ajv when it runs: its helpers are bundled in.
import { mkdirSync, readdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

const BANNER = '// Made from schemas/*.schema.json by scripts/build.js. Do not edit.\n';
const SHARED = 'common.schema.json';
// What says nothing to ajv: words for people, and checks that src/format makes itself.
const ANNOTATIONS = new Set(['$schema', '$id', 'title', 'description', 'format', 'x-expected']);

/** Writes `src/format/generated` anew from the schemas of the project at `root`. */
export async function generate(root) {
  const from = join(root, 'schemas');
  const to = join(root, 'src/format/generated');
  const files = new Map();
  for (const file of readdirSync(from)
    .filter((name) => name.endsWith('.schema.json'))
    .sort()) {
    files.set(file, parse(join(from, file)));
  }
  const names = [...files.keys()].filter((file) => file !== SHARED).map((file) => file.slice(0, -'.schema.json'.length));
  const inlined = (name, which) => inline(files.get(`${name}.schema.json`), `${name}.schema.json`, files, which);
  mkdirSync(to, { recursive: true });
  write(join(to, 'validators.js'), await validators(new Map(names.map((name) => [name, inlined(name, () => true)])), root));
  write(join(to, 'validators.d.ts'), declarations(names));
  // What has a title becomes a type of its own; the rest is written out where it is used.
  write(join(to, 'types.ts'), await types(names.map((name) => inlined(name, (target) => target.title === undefined))));
}

function parse(path) {
  try {
    return JSON.parse(readFileSync(path, 'utf8'));
  } catch (error) {
    throw new Error(`${path}: ${error.message}`);
  }
}

/** The schema with what a `$ref` names in its place, where `which` says so; keys beside a `$ref` win. */
function inline(node, file, files, which) {
  if (Array.isArray(node)) return node.map((item) => inline(item, file, files, which));
  if (typeof node !== 'object' || node === null) return node;
  const { $ref, ...own } = node;
  const result = Object.fromEntries(Object.entries(own).map(([key, value]) => [key, inline(value, file, files, which)]));
  if ($ref === undefined) return result;
  const [other, pointer] = $ref.split('#/');
  const target = other === '' ? file : other;
  const named = pointer.split('/').reduce((at, key) => at?.[key], files.get(target));
  if (named === undefined) throw new Error(`schemas/${file}: ${$ref} names nothing`);
  return which(named) ? { ...inline(named, target, files, which), ...result } : { $ref, ...result };
}

/** What the reader of YAML needs of a schema: types, and words for messages. */
function shape({ type, format, enum: values, const: value, properties, additionalProperties, items, ...rest }) {
  return {
    type,
    ...(format && { format }),
    ...(values && { enum: values }),
    ...(value !== undefined && { const: value }),
    ...(rest['x-expected'] && { expected: rest['x-expected'] }),
    ...(rest['x-refused'] && { refused: rest['x-refused'] }),
    ...(properties && { properties: Object.fromEntries(Object.entries(properties).map(([key, of]) => [key, shape(of)])) }),
    ...(additionalProperties && { additionalProperties: shape(additionalProperties) }),
    ...(items && { items: shape(items) }),
  };
}

function bare(node) {
  if (Array.isArray(node)) return node.map(bare);
  if (typeof node !== 'object' || node === null) return node;
  const kept = Object.entries(node).filter(([key, value]) => !(ANNOTATIONS.has(key) && typeof value === 'string'));
  return Object.fromEntries(kept.filter(([key]) => key !== 'definitions' && key !== 'x-refused').map(([key, value]) => [key, bare(value)]));
}

async function validators(schemas, root) {
  const [{ default: ajv }, { default: standalone }, { build }] = await Promise.all([
    import('ajv'),
    import('ajv/dist/standalone/index.js'),
    import('esbuild'),
  ]);
  const compiler = new ajv.Ajv({ allErrors: true, strict: true, messages: false, code: { source: true, esm: true } });
  const exported = {};
  for (const [name, schema] of schemas) {
    compiler.addSchema(bare(schema), name);
    exported[identifier(name)] = name;
  }
  const table = (of) => [...schemas].map(([name, schema]) => `${JSON.stringify(name)}: ${of(name, schema)}`).join(',\n');
  const code = `${standalone.default(compiler, exported)}
export const validators = {\n${table(identifier)}\n};
export const shapes = {\n${table((_, schema) => JSON.stringify(shape(schema)))}\n};\n`;
  const { outputFiles } = await build({
    stdin: { contents: code.replace(/export const (?!validators|shapes)/g, 'const '), resolveDir: root, sourcefile: 'validators.js' },
    bundle: true,
    write: false,
    format: 'esm',
    platform: 'neutral',
    mainFields: ['main'],
    target: 'es2022',
    minify: true,
    absWorkingDir: root,
    logLevel: 'silent',
  });
  return outputFiles[0].text;
}

function identifier(name) {
  return name.replace(/-(.)/g, (_, letter) => letter.toUpperCase());
}

function declarations(names) {
  return `import type { SchemaError, Shape } from '../shape.js';

export type SchemaName = ${names.map((name) => `'${name}'`).join(' | ')};

/** A compiled schema: false where \`data\` departs from it, with \`errors\` set until the next call. */
interface Validator {
  (data: unknown): boolean;
  errors?: readonly SchemaError[] | null;
}

export const validators: Record<SchemaName, Validator>;
export const shapes: Record<SchemaName, Shape>;
`;
}

async function types(schemas) {
  const { compile } = await import('json-schema-to-typescript');
  const options = { bannerComment: '', format: false, ignoreMinAndMaxItems: true };
  const texts = await Promise.all(schemas.map((schema) => compile(schema, schema.title, options)));
  return texts.join('\n');
}

function write(path, text) {
  writeFileSync(`${path}.part`, BANNER + text);
  renameSync(`${path}.part`, path);
}
