/** What the demo is made of: people, and scenes as data. */

export type Person = 'jane' | 'tom' | 'john';

/** Somebody with a certificate and a clone. */
export interface DemoPerson {
  readonly name: string;
  /** The directory of the authority that certifies them. */
  readonly ca: 'gmc' | 'ouh';
  readonly authority: string;
  readonly number: string;
  readonly email: string;
  readonly careLocation: string;
  /** The stem of the files that `vpr cert issue` writes for that name. */
  readonly files: string;
}

/**
 * A line as typed into sh, in the person's clone. `{thread}`, `{jane}` and so on
 * stand for the demo's ids. `fails`: a line that must fail for the story to go on.
 */
export type Step = string | { readonly fails: string };

/** A push, what leads to it, and what must come of it. The last step is the push. */
export interface Scene {
  readonly title: string;
  readonly person: Person;
  readonly do: readonly Step[];
  /** `accepted`: main moves. Otherwise the rule that must refuse it, and nothing moves. */
  readonly expect: 'accepted' | { readonly refused: string };
}

export const PEOPLE: Readonly<Record<Person, DemoPerson>> = {
  jane: {
    name: 'Dr Jane Smith',
    ca: 'gmc',
    authority: 'GMC',
    number: '1234567',
    email: 'jane.smith@example.org',
    careLocation: 'Oxford University Hospitals',
    files: 'dr-jane-smith',
  },
  tom: {
    name: 'Dr Tom Brown',
    ca: 'gmc',
    authority: 'GMC',
    number: '7654321',
    email: 'tom.brown@example.org',
    careLocation: 'Oxford University Hospitals',
    files: 'dr-tom-brown',
  },
  john: {
    name: 'John Doe',
    ca: 'ouh',
    authority: 'OUH-patients',
    number: '9434765919',
    email: 'john.doe@example.org',
    careLocation: 'At home',
    files: 'john-doe',
  },
};
