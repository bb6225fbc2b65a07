/** Something that answers in place of the resident validator: nothing but a whole answer to the very question counts. */
import { chmodSync, chownSync, mkdirSync, readFileSync, renameSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { createServer, type Server } from 'node:net';
import { dirname } from 'node:path';
import t from 'tap';
import { hostPaths } from '../../src/hosts/paths.js';
import type { Ran } from '../e2e/support.js';
import { placeOf, type ResidentTrial, residentTrial, until } from './resident-support.js';

type Question = Readonly<Record<'nonce' | 'program' | 'policy' | 'line', string>>;
/** What a server says to a question, in parts; it hangs up after the last one, unless that is undefined. */
type Words = (question: Question) => readonly (string | undefined)[];

const J = 'judging 60\n';
const TEXT = 'said by another\n';

/** The answer that would count, changed. */
function answer(
  { nonce, program, policy }: Question,
  { verdict = 'accepted', text = `x${Buffer.from(TEXT).toString('hex')}` } = {},
): string {
  return [verdict, nonce, program, policy, text].join(' ');
}

/** Answers that are none. */
const NONE: Readonly<Record<string, Words>> = {
  nothing: () => [],
  'a bare word': () => [J, 'accepted\n'],
  'another nonce': (question) => [J, `${answer({ ...question, nonce: '0'.repeat(32) })}\n`],
  'no nonce': (question) => [J, `${answer({ ...question, nonce: '' })}\n`],
  'another program': (question) => [J, `${answer({ ...question, program: question.policy })}\n`],
  'another policy': (question) => [J, `${answer({ ...question, policy: question.program })}\n`],
  'no line end': (question) => [J, answer(question)],
  'half of it': (question) => [J, answer(question).slice(0, -7)],
  'half of it, and a line end': (question) => [J, `${answer(question).slice(0, -7)}\n`],
  'more after it': (question) => [J, `${answer(question)}\nx`],
  'an empty line after it': (question) => [J, `${answer(question)}\n\n`],
  'two of them': (question) => [J, `${answer(question)}\n${answer(question)}\n`],
  'something before it': (question) => [`hello\n${answer(question)}\n`],
  'another verdict': (question) => [J, `${answer(question, { verdict: 'ACCEPTED' })}\n`],
  'no text': (question) => [J, `${answer(question, { text: '' })}\n`],
  'a text that is not hex': (question) => [J, `${answer(question, { text: 'xyes' })}\n`],
  'half a byte': (question) => [J, `${answer(question, { text: 'xabc' })}\n`],
  'zeros and control characters': () => [J, '\u0000\u0001\u0002\n'],
  'declined, and then an answer': (question) => ['declined\n', `${answer(question)}\n`],
  'no end after it': (question) => [J, `${answer(question)}\n`, undefined],
  'signs of life, and no end': () => [...Array.from({ length: 20 }, () => 'judging 1\n'), undefined],
  silence: () => [undefined],
  'silence in the middle': () => [J, undefined],
  'the question itself': (question) => [`${question.line}\n`],
};

/** Listens where the resident validator did. */
async function pretend(place: string, words: Words): Promise<Server> {
  const server = createServer((socket) => {
    socket.on('error', () => {});
    let asked = '';
    socket.setEncoding('utf8').on('data', async (text) => {
      asked += text;
      if (!asked.endsWith('\n')) return;
      for (const part of words(questionIn(asked))) {
        if (part === undefined) return;
        socket.write(part);
        if (part.startsWith('judging')) await new Promise((resolve) => setTimeout(resolve, 300));
      }
      socket.end();
    });
  });
  await new Promise<void>((resolve) => server.listen(place, resolve));
  return server.unref();
}

function questionIn(line: string): Question {
  const [nonce = '', program = '', policy = ''] = line.split(' ').map((field) => Buffer.from(field.slice(1), 'hex').toString());
  return { nonce, program, policy, line: line.trimEnd() };
}

/** Ends the resident validator, and says where it was. */
async function displaced(trial: ResidentTrial): Promise<string> {
  const place = placeOf(trial.host) ?? '';
  rmSync(place);
  await until(() => trial.residents().length === 0);
  return place;
}

t.setTimeout(600_000); // three seconds of silence are waited for, many times

for (const [how, perl] of [
  ['Perl', true],
  ['Node', false],
] as const) {
  t.test(`${how}: an answer to the question is taken, so that what follows tests something`, async (t) => {
    const trial = await residentTrial(t, { perl });
    const place = await displaced(trial);
    await pretend(place, (question) => [J, J, `${answer(question)}\n`]);
    const { status, stderr } = await trial.push(trial.bad);
    t.equal(status, 0);
    t.match(stderr, /remote: said by another/);
  });

  t.test(`${how}: what is no answer`, async (t) => {
    const names = Object.keys(NONE);
    const trial = await residentTrial(t, { count: names.length + 1, perl });
    const place = await displaced(trial);
    const { policy } = hostPaths(trial.host.directory);
    writeFileSync(policy, readFileSync(policy, 'utf8').replace(/^resident_minutes: .*$/m, 'resident_minutes: 0')); // none comes back
    for (const [index, words] of Object.values(NONE).entries()) {
      const server = await pretend(place, words);
      const before = trial.alone();
      const bad = await trial.push(trial.bad);
      t.equal(bad.status, 1, names[index] ?? '');
      t.notMatch(bad.stderr, TEXT.trim());
      t.equal(trial.alone() - before, 1, 'it was judged by its own process');
      if (index % 3 === 0) {
        const good = await trial.push(trial.tips[index + 1] ?? '');
        t.equal(good.status, 0, good.stderr);
        t.notMatch(good.stderr, TEXT.trim());
      }
      await new Promise((resolve) => server.close(resolve));
    }
  });
}

for (const perl of [true, false])
  t.test(`a directory that others can get into is not used${perl ? '' : ', without Perl'}`, async (t) => {
    const trial = await residentTrial(t, { perl });
    const { run } = hostPaths(trial.host.directory);
    const place = await displaced(trial);
    await pretend(place, (question) => [`${answer(question)}\n`]);
    const judgedAlone = async (what: string) => {
      const before = trial.alone();
      const { status, stderr } = (await trial.push(trial.bad)) satisfies Ran;
      t.equal(status, 1, what);
      t.notMatch(stderr, TEXT.trim());
      t.equal(trial.alone() - before, 1);
    };
    for (const mode of [0o755, 0o770, 0o701, 0o600]) {
      chmodSync(run, mode);
      await judgedAlone(mode.toString(8));
    }
    chmodSync(run, 0o700);
    if (process.getuid?.() === 0) {
      chownSync(run, 12345, 12345);
      await judgedAlone('of another account');
      chownSync(run, 0, 0);
    }
    renameSync(run, `${run}.moved`);
    symlinkSync(`${run}.moved`, run);
    await judgedAlone('a symbolic link');
    rmSync(run);
    await judgedAlone('nothing there');
    mkdirSync(run, { mode: 0o700 });
    t.equal(dirname(place), run);
    await judgedAlone('empty');
    t.same(trial.residents(), [], 'what is refused starts none');
  });
