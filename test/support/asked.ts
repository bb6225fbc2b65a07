/**
 * One question about many commits, put to four programs: is this signature its
 * certificate's key's over this payload? Not whether anybody trusts the
 * certificate, nor whether it has ended or was revoked.
 */
import { spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { toPem } from '../../src/trust/index.js';
import { type gpgsmHome, inHome, needsOracles } from './agreement.js';
import { GPGSM } from './gpgsm.js';
import { carried, changesOf, type Question, questionOf, readingOf, signerOf } from './questions.js';

/** Commits that one run of git is asked about. */
const AT_ONCE = 200;

export interface Answers {
  /** What was asked, and how much of it. */
  readonly said: readonly string[];
  /** Where two programs say different things. */
  readonly differences: readonly string[];
}

/** Tests change where temporary files go. */
const PLACE = tmpdir();
const outside = needsOracles();

/** Asks about signed commits, and about a few of them changed. */
export function ask(commits: readonly Uint8Array[]): Answers {
  const begun = performance.now();
  const all = commits.map(readingOf).filter((one) => one !== undefined);
  const pool = [...new Map(all.flatMap(({ found }) => carried(found)).map((one) => [one.fingerprint, one])).values()];
  const asked = all.map((one) => questionOf(one, signerOf(one, pool))).filter((one) => one !== undefined);
  const good = asked.filter(({ yes }) => yes.has('node:crypto'));
  const samples = [...new Map(good.map((one) => [one.encoding, one])).values()];
  const changed = samples.flatMap(changesOf);
  const programs = ['vpr', 'node:crypto', '@noble/curves', ...askOutside([...asked, ...changed])];
  return {
    said: [
      `${asked.length} asked of ${programs.join(', ')}: ${good.length} are good`,
      `${changed.length} asked of good ones with a bit of r, s or the payload changed`,
      ...asked.flatMap(({ stricter }) => (stricter === undefined ? [] : [`not compared with what vpr says: ${stricter}`])),
      `${commits.length - all.length} that do not read and ${all.length - asked.length} without a certificate on P-256 not asked`,
      `in ${Math.round(performance.now() - begun)} ms`,
      ...(outside.skip === false ? [] : [`not asked of other programs: ${outside.skip}`]),
    ],
    differences: differences([...asked, ...changed], programs),
  };
}

/** Questions that these programs do not all answer alike, and changed ones that are good to any, in words. */
export function differences(questions: readonly Question[], programs: readonly string[]): string[] {
  return questions.flatMap(({ yes, changed, stricter, encoding, commit }) => {
    const no = programs.filter((name) => !yes.has(name) && (name !== 'vpr' || stricter === undefined));
    if (yes.size === 0 || (changed === undefined && no.length === 0)) return [];
    const what = `${encoding}${changed === undefined ? '' : `, ${changed} changed`}`;
    const text = Buffer.from(commit).toString('latin1');
    return [`${what}: good to ${[...yes].join(', ')}; not to ${no.join(', ') || 'nobody'}\n${text}`];
  });
}

/** Asks openssl, and every gpgsm that is here by way of git; the names of those who answered. */
function askOutside(questions: readonly Question[]): readonly string[] {
  if (outside.skip !== false || questions.length === 0) return [];
  const directory = mkdtempSync(join(PLACE, 'vpr-asked-'));
  try {
    for (const [i, { cms, payload, commit, supplied }] of questions.entries()) {
      for (const [end, bytes] of Object.entries({ cms, payload, commit })) writeFileSync(join(directory, `${i}.${end}`), bytes);
      writeFileSync(join(directory, `${i}.pem`), supplied.map(({ der }) => toPem(der)).join(''));
    }
    askOpenssl(directory, questions);
    return ['openssl', ...askGit(directory, questions)];
  } finally {
    rmSync(directory, { recursive: true, force: true });
  }
}

function askOpenssl(directory: string, questions: readonly Question[]): void {
  const verifies = 'openssl cms -verify -binary -inform DER -noverify -no-CAfile -no-CApath -no-CAstore -out /dev/null';
  const each = `more=; [ -s $i.pem ] && more="-certfile $i.pem"; ${verifies} -in $i.cms -content $i.payload $more 2>/dev/null && echo $i`;
  const script = `i=0; while [ -f $i.cms ]; do ${each}; i=$((i + 1)); done`;
  const { stdout } = spawnSync('sh', ['-c', script], { cwd: directory, encoding: 'utf8' });
  for (const i of stdout.split('\n').slice(0, -1)) questions[Number(i)]?.yes.add('openssl');
}

/** Real git, of the commits in a repository: they go in as they are. */
function askGit(directory: string, questions: readonly Question[]): readonly string[] {
  const repository = join(directory, 'git');
  mkdirSync(repository);
  const git = (input: string, ...args: string[]) => {
    const { status, stdout, stderr } = spawnSync('git', ['-C', repository, ...args], { input, encoding: 'utf8' });
    if (status !== 0) throw new Error(stderr);
    return stdout;
  };
  git('', 'init', '--quiet', '--bare');
  const files = questions.map((_, i) => `${join(directory, `${i}.commit`)}\n`).join('');
  const ids = git(files, 'hash-object', '-t', 'commit', '-w', '--literally', '--no-filters', '--stdin-paths').split('\n');
  const named = questions.map((question, i) => ({ question, id: ids[i] ?? '' }));
  const likely = named.filter(({ question }) => question.yes.size > 0);
  const others = named.filter(({ question }) => question.yes.size === 0);
  return GPGSM.map((gpgsm) => {
    const name = `git verify-commit through gpgsm ${gpgsm.version}`;
    const knows = (some: readonly { question: Question }[]) => some.flatMap(({ question }) => question.supplied.map(({ der }) => der));
    inHome(gpgsm, knows(named), (home) => {
      for (let from = 0; from < likely.length; from += AT_ONCE) {
        const some = likely.slice(from, from + AT_ONCE);
        const all = goodOnes(home, repository, ...some.map(({ id }) => id)) === some.length;
        // gpgsm takes the first certificate of an issuer and serial number that it has ever met: a test may have made two.
        const isGood = (one: (typeof some)[number]) => inHome(gpgsm, knows([one]), (own) => goodOnes(own, repository, one.id) === 1);
        for (const one of some) if (all || goodOnes(home, repository, one.id) === 1 || isGood(one)) one.question.yes.add(name);
      }
      for (const { question, id } of others) if (goodOnes(home, repository, id) > 0) question.yes.add(name);
    });
    return name;
  });
}

/** How many signatures gpgsm says are good, whatever it thinks of the certificates. */
function goodOnes({ git }: ReturnType<typeof gpgsmHome>, repository: string, ...ids: readonly string[]): number {
  return [...git(repository, 'verify-commit', '--raw', ...ids).stderr.matchAll(/^\[GNUPG:\] (?:GOOD|EXPKEY)SIG /gm)].length;
}
