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

const ENVIRONMENT = ['GIT_DIR', 'GIT_OBJECT_DIRECTORY', 'GIT_ALTERNATE_OBJECT_DIRECTORIES', 'GIT_QUARANTINE_PATH'];

// `start.cjs HOST`: asks, and judges where there is no answer. `start.cjs HOST asked` or `absent`: ask.pl has asked.
// `start.cjs HOST resident`: is what is asked.
const [, , host, mode] = process.argv;
const programFile = join(__dirname, 'pre-receive.cjs');

if (mode === 'resident') {
  const identity = identify(programFile);
  const { program, digest } = require('./compiled.cjs').load();
  program.serve({ host, program: digest, programFile, identity, identify, surroundings: surroundings(), place: residentPlace(identity) });
} else if (mode === undefined) {
  ask((input, answer, absent) => (answer === undefined ? judge(input, absent) : finish(answer)));
} else {
  judge(readInput(), mode === 'absent');
}

function judge(input, absent) {
  const { program, digest } = require('./compiled.cjs').load();
  program.judge({ host, program: digest, input, ...(absent && { start: __filename }) });
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
  const policy = identify(join(host, 'vpr.yaml'));
  const where = ENVIRONMENT.map((name) => process.env[name]);
  return { nonce: nonce(), program, policy, fields: [surroundings(), process.cwd(), ...where, input] };
}

/** Asks, and hears all that is said until the other side ends it. */
function converse(socket, { nonce, program, policy, fields }, done) {
  const chunks = [];
  let length = 0;
  let limit;
  function end(answer, absent) {
    clearTimeout(limit);
    socket
      .removeAllListeners()
      .on('error', () => {})
      .destroy();
    done(answer, absent);
  }
  function silent() {
    end(undefined, true);
  }
  socket
    .setTimeout(SILENCE, silent)
    .on('error', silent)
    .on('data', (chunk) => {
      chunks.push(chunk);
      length += chunk.length;
      if (length > LARGEST_ANSWER) return end();
      const seconds = limit === undefined ? /^judging ([0-9]{1,4})\n/.exec(Buffer.concat(chunks).toString('latin1'))?.[1] : undefined;
      if (seconds !== undefined) limit = setTimeout(end, Number(seconds) * 1000 + SILENCE);
    });
  socket.on('end', () => {
    const said = Buffer.concat(chunks).toString('latin1');
    end(answerIn(said, [nonce, program, policy].join(' ')), /^(?:judging [0-9]{1,4}\n)*$/.test(said));
  });
  socket.write(`${[nonce, program, policy, ...fields].map(fieldOf).join(' ')}\n`);
}

/** What was said, where it is a whole answer to the question: `judging SECONDS` now and then, and the verdict. */
function answerIn(said, question) {
  const [, verdict, asked, hex] = /^(?:judging [0-9]{1,4}\n)*(accepted|refused) (\S+ \S+ \S+) x((?:[0-9a-f]{2})*)\n$/.exec(said) ?? [];
  return asked === question ? { verdict, text: Buffer.from(hex, 'hex') } : undefined;
}

function fieldOf(value) {
  return value === undefined ? '-' : `x${Buffer.from(value).toString('hex')}`;
}

/** To the pusher's screen, and then to the launcher. */
function finish({ verdict, text }) {
  for (let at = 0; at < text.length; ) at += writeSync(STDERR, text, at);
  process.exit(verdict === 'accepted' ? ACCEPTED : REFUSED);
}

/** Where a resident validator of this very program listens; undefined where what is there could be another account's. */
function residentPlace(program) {
  const directory = join(host, 'run');
  const { mode: bits, uid } = lstatSync(directory, { throwIfNoEntry: false }) ?? {};
  if (bits === undefined || (bits & 0o170777) !== 0o040700 || uid !== process.getuid()) return undefined;
  const place = join(directory, `${program}.sock`);
  return Buffer.byteLength(place) <= LONGEST_PATH ? place : undefined;
}

/** Which file this is, and when it was last written to: cheaper than a digest of it. */
function identify(path) {
  const { dev, ino, size, ctimeMs } = statSync(path);
  return [dev, ino, size, Math.floor(ctimeMs / 1000)].join('-');
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
  return [process.getuid(), process.getgid(), process.umask(), process.env.PATH].join(' ');
}

/** No other question has it. */
function nonce() {
  const bytes = Buffer.alloc(16);
  const file = openSync('/dev/urandom', 'r');
  readSync(file, bytes);
  closeSync(file);
  return bytes.toString('hex');
}
