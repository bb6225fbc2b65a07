/**
 * An example of a rule: a push on top of a small record that is as it should
 * be. Types only; the tests build the record and sign the commits for real.
 *
 * The record has two clinicians (Jane, Tom), a patient (Pat), and one open
 * thread in which all three take part and Jane has written one message. An
 * administrator (Ada), a clinician who is in no thread (Rob), a patient's
 * associate (Sue) and a system (Bot) have certificates as well.
 */
export interface Example {
  /** What the example shows, as a sentence without a full stop. */
  readonly title: string;
  /** Makes the push. */
  readonly push: (record: ExampleRecord) => void;
}

export type Person = 'jane' | 'tom' | 'pat' | 'ada' | 'rob' | 'sue' | 'bot';

/** New text of a file: all of it, made from the former text, or `null` for a removal. */
export type Edit = string | null | ((former: string) => string);

export interface ExampleCommit {
  /** Who writes and signs it; Jane unless said otherwise. */
  readonly by?: Person;
  /** Path → edit. */
  readonly files?: Readonly<Record<string, Edit>>;
  /** Path → raw mode, where it isn't 100644. */
  readonly modes?: Readonly<Record<string, string>>;
  /** The first line of the message. */
  readonly subject?: string;
  /** Trailers that are added or replaced; `null` leaves one out. */
  readonly trailers?: Readonly<Record<string, string | null>>;
  /** Committer's and author's time, in seconds after the moment of the push. */
  readonly seconds?: number;
  /** Changes the commit's bytes (as latin1) before it is signed. */
  readonly unsigned?: (commit: string) => string;
  /** Changes the commit's bytes (as latin1) after it is signed. */
  readonly signed?: (commit: string) => string;
  /** A second parent, or none at all (`root`). */
  readonly parent?: 'merge' | 'root';
}

export interface ExampleMessage {
  readonly by?: Person;
  /** Whose message it is, where it is not the signer's. */
  readonly author?: Person;
  readonly body?: string;
  /** Replaces metadata: the author's name, the role, the time in seconds after the push. */
  readonly name?: string;
  readonly role?: string;
  readonly seconds?: number;
  /** The message this corrects, or its own id, where one is wanted. */
  readonly corrects?: string;
  readonly id?: string;
  /** Added to the commit's trailers. */
  readonly trailers?: Readonly<Record<string, string | null>>;
  /** Further edits in the same commit; the ledger's comes after its time was moved. */
  readonly files?: Readonly<Record<string, Edit>>;
}

/** The record of the examples, and what can be pushed to it. */
export interface ExampleRecord {
  /** `communications/<id>` of the thread. */
  readonly thread: string;
  /** Ids of the thread's first message, and of everybody's participant id. */
  readonly message: string;
  readonly ids: Readonly<Record<Person, string>>;
  /** The registered id of the record, and a second one of nothing. */
  readonly id: string;
  readonly otherId: string;
  /** Adds a commit to the push. */
  commit(commit: ExampleCommit): this;
  /** Adds a commit that appends a message, and moves `last_updated_at`. */
  append(message?: ExampleMessage): this;
  /** Adds a commit that creates a thread with a message of the signer's; returns it in `files`. */
  open(options?: { by?: Person; ledger?: (yaml: string) => string; body?: string | null; directory?: string }): this;
  /** An edit that moves `last_updated_at` by the given seconds from the push, after another edit. */
  touched(edit?: (yaml: string) => string, seconds?: number): (yaml: string) => string;
  /** Empties the host's repository: the push begins the record, with a right status file unless told otherwise. */
  begin(status?: Edit, files?: Readonly<Record<string, Edit>>, commit?: ExampleCommit): this;
  /** Pushes to another ref as well, deletes main, or rewinds it before the push's commits. */
  ref(name: string): this;
  delete(): this;
  rewrite(): this;
  /** The thread's ledger as the host has it. */
  readonly formerLedger: string;
  /** Signs the push with certificates of the same names that no trusted root issued. */
  stranger(): this;
  /** Takes an object out of the push, or the record out of the registry. */
  forget(what: 'parent' | 'registration'): this;
  /** Sets a policy of the host. */
  policy(change: { readonly patientsMayOpenThreads?: boolean; readonly commitsPerPush?: number }): this;
}
