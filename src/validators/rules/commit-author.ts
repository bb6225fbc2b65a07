import { trailer, trailersOf } from '../../format/commit-message.js';
import type { Ident } from '../../format/commit-object.js';
import { shellWord } from '../../format/shell.js';
import { comparableName, sameEmail } from '../../trust/identity.js';
import type { Signer } from '../../trust/types.js';
import type { Finding, Rule } from '../rule.js';

export const commitAuthor: Rule = {
  id: 'commit/author',
  statement: 'Author, committer, Author-Name and each Author-Registration are what the signing certificate certifies',
  why: "Who signs is who says it: a name beside somebody else's signature would put words into their mouth.",
  section: '§6 Signer',
  since: 1,
  protects: true,
  needs: ['trust', 'signer'],
  refuses: {
    title: "another's name in Author-Name",
    push: (record) => record.append({ trailers: { 'Author-Name': 'Dr Tom Patel' } }),
  },
  accepts: { title: "the signer's own name and registration", push: (record) => record.append({ by: 'tom' }) },
  *onCommit({ commit, message, verification }) {
    const { signer } = verification;
    if (signer === undefined) return;
    yield* person('author', commit.author, signer);
    yield* person('committer', commit.committer, signer);
    if (!message.ok) return;
    const named = trailer(message.value, 'Author-Name');
    if (named !== undefined && comparableName(named) !== comparableName(signer.name)) {
      yield {
        message: `Author-Name is not the name the certificate certifies, "${signer.name}"`,
        help: [`git -c trailer.ifexists=replace commit --amend --no-edit -S --trailer ${shellWord(`Author-Name: ${signer.name}`)}`],
      };
    }
    const certified = signer.registrations.map(({ authority, number }) => `${authority} ${number}`);
    for (const registration of trailersOf(message.value, 'Author-Registration')) {
      if (certified.includes(registration)) continue;
      yield {
        message: `Author-Registration "${registration}" is not certified; the certificate has ${certified.join(', ')}`,
        help: [certifiedAlone(certified)],
      };
    }
  },
};

function* person(what: string, ident: Ident | undefined, signer: Signer): Generator<Finding> {
  if (ident === undefined) return;
  if (comparableName(ident.name) !== comparableName(signer.name)) {
    yield {
      message: `the ${what}'s name is not the name the certificate certifies, "${signer.name}"`,
      help: [`git config user.name ${shellWord(signer.name)} && git commit --amend --no-edit -S --reset-author`],
    };
  }
  const [certified] = signer.emails;
  if (certified !== undefined && !signer.emails.some((email) => sameEmail(email, ident.email))) {
    yield {
      message: `the ${what}'s e-mail is not one the certificate certifies`,
      help: [`git config user.email ${shellWord(certified)} && git commit --amend --no-edit -S --reset-author`],
    };
  }
}

/** The command that leaves the certificate's registrations alone in a message. */
function certifiedAlone(certified: readonly string[]): string {
  const trailers = certified.map((registration) => ` --trailer ${shellWord(`Author-Registration: ${registration}`)}`);
  return `git log -1 --format=%B | sed '/^Author-Registration:/d' | git commit --amend -S -F -${trailers.join('')}`;
}
