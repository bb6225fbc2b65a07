// What the launcher runs for every push. Asks the host's resident validator
// (docs/resident-validator.md) what it thinks of the push; wherever that gives no
// whole answer to this very question, for whatever reason, loads the program
// beside it and judges here. Only node:fs and node:net are loaded until then.
'use strict';
const { closeSync, lstatSync, openSync, readSync, statSync, writeSync } = require('node:fs');
const { join } = require('node:path');

const ACCEPTED = 100; // as in src/hooks/pre-receive.ts
const REFUSED = 1;
const STDIN = 0;
const STDERR = 2;
/** Bytes of ref updates, and of an answer, that nothing real comes near. */
const LARGEST_INPUT = 1024 * 1024 + 1;
const LARGEST_ANSWER = 16 * 1024 * 1024;
/** Bytes of a socket's path that every system takes. */
const LONGEST_PATH = 103;
/** A resident validator gives a sign of life twice a second; so long, in milliseconds, it is waited for. */
const SILENCE = 3000;

const [, , host, mode] = process.argv;
const programFile = join(__dirname, 'pre-receive.cjs');

if (mode === 'resident') {
  const identity = identify(programFile);
  const { program, digest } = require('./compiled.cjs').load();
  program.serve({ host, program: digest, programFile, identity, identify, surroundings: surroundings(), place: residentPlace(identity) });
} else {
  ask((input, answer, absent) => {
    if (answer !== undefined) finish(answer);
    const { program, digest } = require('./compiled.cjs').load();
    program.judge({ host, program: digest, input, ...(absent && { start: __filename }) });
  });
}

/** All of standard input; no more than a little beyond what may be in it. */
function readInput() {
  const chunks = [];
  for (let length = 0, read = 1; read > 0 && length < LARGEST_INPUT; length += read) {
    const chunk = Buffer.allocUnsafe(4096);
    read = readSync(STDIN, chunk);
    chunks.push(chunk.subarray(0, read));
  }
  return Buffer.concat(chunks);
}

/**
 * Asks, and calls `done` with what git handed over and the answer to it; without one where there is none, and
 * with `absent` where a resident validator would be of use but isn't there.
 */
function ask(done) {
  const program = attempt(() => identify(programFile));
  const place = attempt(() => residentPlace(program));
  const there = place !== undefined && lstatSync(place, { throwIfNoEntry: false }) !== undefined;
  const socket = there ? require('node:net').connect(place) : undefined; // which goes on while the question is made
  const input = readInput();
  const question = there ? attempt(() => questionOf(program, input)) : undefined;
  if (question !== undefined) {
    converse(socket, question, (answer, absent) => done(input, answer, absent));
    return;
  }
  socket?.on('error', () => {}).destroy();
  done(input, undefined, place !== undefined && !there);
}

/** What there is to ask; throws where the host is in no state to be asked, of which the program says more. */
function questionOf(program, input) {
  return {
    nonce: nonce(),
    program,
    policy: identify(join(host, 'vpr.yaml')),
    surroundings: surroundings(),
    directory: process.cwd(),
    environment: process.env,
    input: input.toString('latin1'),
  };
}

/** The answer is one line of JSON, and the last; until it comes, a line `judging SECONDS` does, twice a second. */
function converse(socket, question, done) {
  let said = '';
  let limit;
  let ended = false;
  function end(answer, absent) {
    if (ended) return;
    ended = true;
    clearTimeout(limit);
    socket.destroy();
    done(answer, absent);
  }
  socket.setEncoding('utf8').setTimeout(SILENCE, () => end(undefined, true));
  socket.on('error', () => end(undefined, true)).on('close', () => end(undefined, true));
  socket.on('data', (text) => {
    said += text;
    if (said.length > LARGEST_ANSWER) return end();
    const lines = said.split('\n');
    said = lines.pop();
    for (const [index, line] of lines.entries()) {
      const seconds = /^judging ([0-9]{1,4})$/.exec(line)?.[1];
      if (seconds === undefined) return end(index === lines.length - 1 && said === '' ? answerIn(line, question) : undefined);
      limit ??= setTimeout(end, Number(seconds) * 1000 + SILENCE);
    }
  });
  socket.write(`${JSON.stringify(question)}\n`);
}

/** A line's answer, where it is one to this question; `declined` is none, and nor is anything else. */
function answerIn(line, question) {
  try {
    const answer = JSON.parse(line);
    const asked = ['nonce', 'program', 'policy'].every((key) => answer[key] === question[key]);
    return asked && ['accepted', 'refused'].includes(answer.verdict) && typeof answer.text === 'string' ? answer : undefined;
  } catch {
    return undefined;
  }
}

/** To the pusher's screen, and then to the launcher. */
function finish({ verdict, text }) {
  const bytes = Buffer.from(text);
  for (let at = 0; at < bytes.length; ) at += writeSync(STDERR, bytes, at);
  process.exit(verdict === 'accepted' ? ACCEPTED : REFUSED);
}

/** Where a resident validator of this very program listens; undefined where what is there could be another account's. */
function residentPlace(program) {
  const directory = join(host, 'run');
  const { mode: bits, uid } = lstatSync(directory, { throwIfNoEntry: false }) ?? {};
  if (bits === undefined || (bits & 0o170777) !== 0o040700 || uid !== process.getuid()) return undefined;
  const place = join(directory, `${process.version}-${program}.sock`);
  return Buffer.byteLength(place) <= LONGEST_PATH ? place : undefined;
}

/** Which file this is, and that nobody has written to it since: cheaper than a digest of it. */
function identify(path) {
  const { dev, ino, size, ctimeNs } = statSync(path, { bigint: true });
  return [dev, ino, size, ctimeNs].map((number) => number.toString(36)).join('-');
}

/** What it returns; undefined where it throws. */
function attempt(action) {
  try {
    return action();
  } catch {
    return undefined;
  }
}

/** What else a check could depend on: another process may answer for this one only where it has the same. */
function surroundings() {
  return [process.getuid(), process.getgid(), process.umask(), process.env.PATH, process.execPath].join(' ');
}

function nonce() {
  const bytes = Buffer.alloc(16);
  const file = openSync('/dev/urandom', 'r');
  readSync(file, bytes);
  closeSync(file);
  return bytes.toString('hex');
}
