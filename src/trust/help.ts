/** Help that several faults share: commands that mend a signature. */

/** Signs what is not signed, or signs again what is not signed well. */
export const howToSign: readonly string[] = [
  'git commit --amend --no-edit -S  # where it is the last commit',
  "git rebase --exec 'git commit --amend --no-edit -S' origin/main  # where there are several",
  'git pull --rebase -S  # in place of a plain git pull, which drops signatures',
];

/** A signature that some other program than Git has put into the commit, and not as Git does. */
export const howToWrite: readonly string[] = [
  'in a program that writes commits by itself: docs/signing.md says how a signature goes into one',
  ...howToSign.slice(0, 2),
];

/** Makes Git sign with the certificate in place of another kind of key. */
export const howToSetUp: readonly string[] = ['vpr setup --certificate FILE --key FILE  # then sign again:', ...howToSign.slice(0, 2)];

/** A certificate that has to be replaced. */
export const howToRenew: readonly string[] = [
  'vpr setup --certificate FILE --key FILE  # with a new certificate of the same authority (where that is you: vpr cert renew)',
  ...howToSign.slice(0, 2),
];

/** Something only the host's administrator can settle. */
export const askTheHost: readonly string[] = ["ask the host's administrator: what it trusts is in its vpr.yaml"];
