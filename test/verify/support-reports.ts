/** What others have published of the formats that reports are in. Each function says what is wrong with one. */
import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { Ajv } from 'ajv';

const published = (name: string) => resolve('test/fixtures/reports', name);

/** Formats that the schema names. A reference has none but RFC 3986's characters. */
const FORMATS = {
  uri: (text: string) => URL.canParse(text),
  'uri-reference': (text: string) => /^(?:[\w.~:/?#[\]@!$&'()*+,;=-]|%[\dA-F]{2})+$/.test(text) && URL.canParse(text, 'file:///record/'),
  'date-time': (text: string) => /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d+)?Z$/.test(text) && !Number.isNaN(Date.parse(text)),
};

/** Of draft 4 the schema uses nothing that later drafts read otherwise, but for its `id`. */
const { $schema: _, id: __, ...schema } = JSON.parse(readFileSync(published('sarif-2.1.0-rtm.5.json'), 'utf8'));
const validate = new Ajv({ allErrors: true, strict: false, unicodeRegExp: false, formats: FORMATS }).compile(schema);

/** By SARIF 2.1.0's own schema. */
export function sarifFaults(log: unknown): readonly string[] {
  return validate(log) ? [] : (validate.errors ?? []).map(({ instancePath, message }) => `${instancePath}: ${message}`);
}

/** By the schema that Jenkins publishes; needs xmllint. */
export function junitFaults(text: string): string {
  const { status, stderr, error } = spawnSync('xmllint', ['--noout', '--nonet', '--schema', published('jenkins-junit.xsd'), '-'], {
    input: text,
    encoding: 'utf8',
  });
  if (error !== undefined) throw error;
  return status === 0 ? '' : stderr;
}

/** Parameters that GitHub documents for `::error`, `::warning` and `::notice`. */
const PARAMETERS: Readonly<Record<string, RegExp>> = {
  title: /./,
  file: /./,
  line: /^[1-9]\d*$/,
  endLine: /^[1-9]\d*$/,
  col: /^[1-9]\d*$/,
  endColumn: /^[1-9]\d*$/,
};

/** By the grammar of workflow commands: `::error file={name},line={line},title={title}::{message}`. */
export function githubFaults(text: string): readonly string[] {
  return text.split('\n').filter((line) => {
    const [, parameters = '', message = ''] = /^::(?:error|warning|notice) ([^\r]*?)::([^\r]+)$/.exec(line) ?? [];
    const pairs = parameters.split(',').map((pair) => /^([A-Za-z]+)=(.+)$/.exec(pair));
    const known = pairs.every((pair) => pair !== null && PARAMETERS[pair[1] ?? '']?.test(pair[2] ?? '') === true);
    const once = new Set(pairs.map((pair) => pair?.[1])).size === pairs.length;
    // The runner decodes %25, %0D and %0A, and in parameters %3A and %2C: any other % would be read as it was not meant.
    const decodable = !/%(?!25|0D|0A)/.test(message) && !/:|%(?!25|0D|0A|3A|2C)/.test(parameters);
    return message === '' || !known || !once || !decodable;
  });
}
