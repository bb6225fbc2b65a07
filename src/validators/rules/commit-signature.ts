import type { Rule } from '../rule.js';

export const commitSignature: Rule = {
  id: 'commit/signature',
  statement: "A commit is signed, in one of the format's encodings in its canonical form, and the signature verifies over the stored bytes",
  why: 'It is what proves, offline and years later, who wrote what, and that not one byte has changed since.',
  section: '§6 Signature',
  since: 1,
  protects: true,
  refuses: {
    title: 'a commit changed after it was signed',
    push: (record) =>
      record.commit({ files: { '.gitignore': 'files/\n' }, signed: (commit) => commit.replace('Care-Location: ', 'Care-Location: St ') }),
  },
  accepts: { title: 'a commit as it was signed', push: (record) => record.append() },
  *onCommit({ verification }) {
    yield* verification.signatureFaults;
  },
};
