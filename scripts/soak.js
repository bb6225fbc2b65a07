// `npm run soak -- [--seed N] [--count N]`: builds, then runs test/soak: fuzzed
// pushes and kills, as many as wanted. The same seed tries the same; the people
// and their keys are new each time. Exit 1 on any surprise.
import { spawnSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';

const root = fileURLToPath(new URL('..', import.meta.url));
const { seed, count } = options();
const { status } = spawnSync(process.execPath, ['scripts/build.js'], { cwd: root, stdio: 'inherit' });
if (status !== 0) process.exit(2);
const { soak } = await import('../dist/test/soak/soak.js');
process.exitCode = (await soak(seed, count, console.log)) ? 0 : 1;

function options() {
  try {
    const { values } = parseArgs({
      options: { seed: { type: 'string', default: String(Date.now() % 1_000_000) }, count: { type: 'string', default: '200' } },
    });
    const numbers = { seed: Number(values.seed), count: Number(values.count) };
    if (!Number.isSafeInteger(numbers.seed) || !Number.isSafeInteger(numbers.count) || numbers.count < 1)
      throw new Error('--seed and --count are whole numbers');
    return numbers;
  } catch (error) {
    console.error(`soak: ${error.message}\nusage: npm run soak -- [--seed N] [--count N]`);
    process.exit(2);
  }
}
