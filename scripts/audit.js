// Known vulnerabilities in what ships: `npm audit --omit=dev`. Exit 1 where one
// is reported, or the answer can't be read. Where the registry can't be asked
// (no network, or a mirror without the audit endpoint) it says so and exits 0.
import { spawnSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';

const root = fileURLToPath(new URL('..', import.meta.url));
/** HTTP answers of a registry that has no such endpoint, or is down. */
const ABSENT = new Set([404, 405, 501, 502, 503, 504]);
const UNREACHABLE = /\b(ENOTFOUND|EAI_AGAIN|ECONNREFUSED|ECONNRESET|ETIMEDOUT|ENETUNREACH|EHOSTUNREACH|ERR_SOCKET_TIMEOUT)\b/;

const { stdout, stderr, error } = spawnSync('npm', ['audit', '--omit=dev', '--json'], { cwd: root, encoding: 'utf8' });
const answer = parsed(stdout);
const counts = answer?.metadata?.vulnerabilities;

if (typeof counts?.total === 'number') {
  if (counts.total === 0) {
    console.log('audit: no known vulnerabilities in what ships');
  } else {
    for (const { name, severity, range } of Object.values(answer.vulnerabilities ?? {}))
      console.log(`audit: ${severity} in ${name} ${range}`);
    fail(`${counts.total} known vulnerabilities in what ships: npm audit --omit=dev`);
  }
} else if (ABSENT.has(answer?.statusCode) || UNREACHABLE.test(answer?.message ?? '')) {
  console.log(`audit: NOT DONE, the registry could not be asked (${answer.message})`);
} else {
  fail(`npm audit gave no answer that can be read: ${error?.message ?? (stderr || stdout)}`);
}

function parsed(text) {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

function fail(message) {
  console.log(`audit: ${message}`);
  process.exitCode = 1;
}
