/** The demo's story: how a record begins, what breaks it, and how its thread ends. */
import { REFUSALS } from './refusals.js';
import type { Scene } from './scene.js';

const BEGINNING: readonly Scene[] = [
  {
    title: 'Dr Smith begins a record: one signed commit with its status file',
    person: 'jane',
    do: ['vpr init coordination .', 'git push'],
    expect: 'accepted',
  },
  {
    title: 'Dr Smith opens a thread with her patient, John Doe',
    person: 'jane',
    do: ['vpr thread create --participant "{john}:patient:John Doe" --message "Your chest X-ray is booked for Monday."', 'git push'],
    expect: 'accepted',
  },
  {
    title: 'John Doe answers, under his own certificate',
    person: 'john',
    do: ['git pull --quiet', 'vpr thread add {thread} --message "Thank you. I still cough at night."', 'git push'],
    expect: 'accepted',
  },
  {
    title: 'A patient writes messages and nothing else: closing the thread is not for him',
    person: 'john',
    do: ['vpr ledger set {thread} --status closed', 'git push'],
    expect: { refused: 'signer/may' },
  },
  {
    title: 'Dr Smith adds a colleague: ledger and a message that says so, in one commit',
    person: 'jane',
    do: ['git pull --quiet', 'vpr ledger set {thread} --add-participant "{tom}:clinician:Dr Tom Brown"', 'git push'],
    expect: 'accepted',
  },
  {
    title: "Dr Brown puts Dr Smith's name on what he wrote",
    person: 'tom',
    do: [
      'git pull --quiet',
      'vpr thread add {thread} --message "Stop all tablets."',
      'sed -i.bak "s/{tom}/{jane}/; s/^[*]*Author:[*]* Dr Tom Brown/**Author:** Dr Jane Smith/" communications/*/thread.md',
      'git commit --quiet --all --amend --no-edit',
      'git push',
    ],
    expect: { refused: 'thread/author' },
  },
  {
    title: 'Dr Brown writes in his own name',
    person: 'tom',
    do: ['vpr thread add {thread} --message "The X-ray is clear."', 'git push'],
    expect: 'accepted',
  },
  {
    title: 'Dr Smith wrote at the same time, and merges: but history is a line',
    person: 'jane',
    do: [
      'vpr thread add {thread} --message "Please come to the clinic on Monday."',
      { fails: 'git push' },
      'git pull --quiet --no-rebase --no-edit',
      'git push',
    ],
    expect: { refused: 'history/linear' },
  },
  {
    title: 'The same, rebased: her message comes after his',
    person: 'jane',
    do: [
      'git reset --quiet --hard HEAD~1',
      'vpr thread add {thread} --message "Please come to the clinic on Monday."',
      { fails: 'git push' },
      'git pull --quiet --rebase -S',
      'git push',
    ],
    expect: 'accepted',
  },
];

const ENDING: readonly Scene[] = [
  {
    title: 'Dr Smith closes the thread',
    person: 'jane',
    do: ['vpr ledger set {thread} --status closed', 'git push'],
    expect: 'accepted',
  },
  {
    title: 'Dr Brown, offline since before that, writes to it',
    person: 'tom',
    do: ['vpr thread add {thread} --message "One more thing."', { fails: 'git push' }, 'git pull --quiet --rebase -S', 'git push'],
    expect: { refused: 'thread/open' },
  },
];

/** In order: each begins where the last accepted one left the record. */
export const SCENES: readonly Scene[] = [...BEGINNING, ...REFUSALS, ...ENDING];
