/** What can be asked of `vpr verify`. */
import { Flags } from '@oclif/core';
import { FORMATS, type Format } from './verify-output.js';

const OF_ONE_RECORD = ['in', 'record', 'journal', 'expect', 'commits'];

export const verifyFlags = {
  in: Flags.string({
    char: 'C',
    helpValue: 'PATH',
    description: 'the clone, bare repository or bundle file, instead of the current directory',
  }),
  record: Flags.string({ helpValue: 'ID', description: 'the id that the record is registered with on its host' }),
  trust: Flags.string({ helpValue: 'FILE', description: "the host's trust bundle, instead of the one vpr setup left" }),
  'trust-digest': Flags.string({
    helpValue: 'HEX',
    description: 'the digest that the trust bundle must have (vpr trust export prints it)',
  }),
  journal: Flags.string({ helpValue: 'PATH', description: "the host's journal: its directory, or the record's file in it" }),
  expect: Flags.string({ helpValue: 'COMMIT', description: 'the full id of a commit that must be in the history' }),
  at: Flags.string({ helpValue: 'TIME', description: 'judge as of then, not of now: RFC 3339, for example 2026-01-31T12:00:00Z' }),
  all: Flags.string({
    helpValue: 'DIR',
    description: "every record of the host in this directory, by the host's own policy and journal",
    exclusive: OF_ONE_RECORD,
  }),
  only: Flags.option({ options: ['signatures'] as const, description: 'ask only who signed what, not what is in the trees' })(),
  format: Flags.option({ options: FORMATS, default: 'text' as Format, description: 'what is printed; json is the same as --json' })(),
  report: Flags.string({
    helpValue: 'FORMAT=FILE',
    multiple: true,
    description: `also write a report into a file; FORMAT is one of ${FORMATS.join(', ')}; may be repeated`,
  }),
  summary: Flags.string({ helpValue: 'FILE', description: 'write a summary to be filed (Markdown)' }),
  commits: Flags.string({ helpValue: 'FILE', description: 'write one line of JSON for each commit into a file' }),
  cache: Flags.boolean({
    default: true,
    allowNo: true,
    description: 'go by what earlier runs have verified; --no-cache reads everything again',
  }),
};
