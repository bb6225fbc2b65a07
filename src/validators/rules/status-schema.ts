import type { Rule } from '../rule.js';
import { unread } from '../unread.js';

const PATH = 'COORDINATION_STATUS.yaml';

export const statusSchema: Rule = {
  id: 'status/schema',
  statement: 'The status file is strict YAML of the keys and values that FORMAT.md names, and no others',
  why: 'It decides what may be written and shown of a whole record; a word that two programs read differently must not stand in it.',
  section: '§2, §3 COORDINATION_STATUS.yaml',
  since: 1,
  fixed: true,
  refuses: {
    title: 'a state that does not exist',
    push: (record) =>
      record.commit({ by: 'ada', files: { [PATH]: (yaml) => yaml.replace('lifecycle_state: active', 'lifecycle_state: paused') } }),
  },
  accepts: {
    title: 'the record is closed to new threads',
    push: (record) => record.commit({ by: 'ada', files: { [PATH]: (yaml) => yaml.replace('record_open: true', 'record_open: false') } }),
  },
  *onCommit({ status }) {
    if (status.after?.file.bytes !== undefined) yield* unread(PATH, status.after);
  },
};
