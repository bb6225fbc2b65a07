/**
 * Strict YAML (FORMAT.md §2): YAML 1.2, one document, UTF-8, no anchors,
 * aliases, tags, merge keys, duplicate keys or directives. Scalars are text
 * here; what type one has, its schema says.
 */
import { Composer, Lexer, Parser } from 'yaml';
import { type Fault, type Read, read, unread } from './fault.js';
import { textFaults, utf8 } from './text.js';
import type { YamlDocument } from './yaml-node.js';
import { plainTree } from './yaml-plain.js';
import { treeOf } from './yaml-tree.js';
import { syntaxFault } from './yaml-words.js';

export type * from './yaml-node.js';

/** No policy may set a larger limit: reading takes time in proportion, and memory some hundredfold. */
export const MAX_YAML_BYTES = 1024 * 1024;
const MAX_DEPTH = 32;
const MAX_TOKENS = 200_000;

/** A parser's first complaints say what is wrong; those after them are mostly their echo. */
const MAX_SYNTAX_FAULTS = 3;

/**
 * Reads one document. Never throws; takes time in proportion to the size,
 * whatever the bytes are.
 */
export function readYaml(bytes: Uint8Array): Read<YamlDocument> {
  if (bytes.length > MAX_YAML_BYTES) {
    return unread({ message: `the file has ${bytes.length} bytes, more than the ${MAX_YAML_BYTES} that are read` });
  }
  const faults = textFaults(bytes, { finalNewline: 'optional' });
  if (faults.length > 0) return unread(...faults);
  const text = utf8(bytes);
  const lineAt = lineCounter(text);
  const plain = plainTree(text);
  if (plain !== undefined) return read({ text, root: plain, lineAt });
  return parsed(text, lineAt);
}

/** By the parser, which knows all of YAML. */
export function parsed(text: string, lineAt: (offset: number) => number): Read<YamlDocument> {
  const tokens = tokensOf(text, lineAt);
  if (!tokens.ok) return tokens;

  const composer = new Composer({ schema: 'failsafe', uniqueKeys: false, keepSourceTokens: true });
  const documents = [...composer.compose(tokens.value)];
  const [document] = documents;
  const errors = document === undefined ? composer.streamInfo().errors : document.errors;
  if (errors.length > 0) {
    return unread(...errors.slice(0, MAX_SYNTAX_FAULTS).map(({ code, pos }) => syntaxFault(code, lineAt(pos[0]))));
  }
  const second = documents[1];
  if (second !== undefined) return unread(syntaxFault('MULTIPLE_DOCS', lineAt(second.range[0])));
  if (document === undefined || document.contents === null) return unread({ message: 'the file is empty', line: 1 });
  const tree = treeOf(document.contents, lineAt);
  return tree.ok ? read({ text, root: tree.value, lineAt }) : tree;
}

type Tokens = ReturnType<Parser['next']> extends Generator<infer T> ? T[] : never;

/** Lexes and parses, and stops at the first thing that is refused, or is too much. */
function tokensOf(text: string, lineAt: (offset: number) => number): Read<Tokens> {
  const parser = new Parser();
  const tokens: Tokens = [];
  let count = 0;
  let offset = 0;
  let scalarFollows = false;
  for (const lexeme of new Lexer().lex(text)) {
    const refusal = scalarFollows ? undefined : refusedToken(lexeme);
    if (refusal !== undefined) return unread({ message: refusal, line: lineAt(offset) });
    scalarFollows = lexeme === SCALAR_FOLLOWS;
    for (const token of parser.next(lexeme)) {
      if (token.type === 'error') return unread(syntaxFault('UNEXPECTED_TOKEN', lineAt(token.offset)));
      tokens.push(token);
    }
    count += 1;
    // The document itself is the first level of the stack.
    if (parser.stack.length > MAX_DEPTH + 1) return unread(tooMuch(`is nested more than ${MAX_DEPTH} levels deep`, lineAt(offset)));
    if (count > MAX_TOKENS) return unread(tooMuch(`has more than ${MAX_TOKENS} tokens`, lineAt(offset)));
    if (!MARKS.has(lexeme)) offset += lexeme.length;
  }
  tokens.push(...parser.end());
  return read(tokens);
}

/** What the lexer says of what comes next; control characters never stand in the text itself. */
const SCALAR_FOLLOWS = '\u001f';
const MARKS: ReadonlySet<string> = new Set(['\u0002', '\u0018', SCALAR_FOLLOWS]);

function refusedToken(lexeme: string): string | undefined {
  switch (lexeme[0]) {
    case '&':
      return 'anchors (&) are not allowed';
    case '*':
      return 'aliases (*) are not allowed: quote a value that begins with *';
    case '!':
      return 'tags (!) are not allowed: quote a value that begins with !';
    case '%':
      return 'directives (%) are not allowed';
    default:
      return undefined;
  }
}

function tooMuch(what: string, line: number): Fault {
  return { message: `the file ${what}`, line };
}

function lineCounter(text: string): (offset: number) => number {
  let starts: number[] | undefined;
  return (offset) => {
    starts ??= lineStarts(text);
    let low = 0;
    let high = starts.length;
    while (high - low > 1) {
      const middle = (low + high) >> 1;
      if ((starts[middle] ?? 0) <= offset) low = middle;
      else high = middle;
    }
    return low + 1;
  };
}

function lineStarts(text: string): number[] {
  const starts = [0];
  for (let at = text.indexOf('\n'); at >= 0; at = text.indexOf('\n', at + 1)) starts.push(at + 1);
  return starts;
}
