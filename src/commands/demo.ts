import { Flags } from '@oclif/core';
import { VprCommand } from '../cli/base.js';
import { countScenes, playScene, type SceneResult, withThread } from '../cli/demo/play.js';
import { SCENES } from '../cli/demo/scenes.js';
import { demoDirectory, planWorld, runSetUp, setUpSteps } from '../cli/demo/set-up.js';
import { openShell } from '../cli/demo/shell.js';
import { nextCommands, placesWords, sceneWords, summaryWords } from '../cli/demo/words.js';
import { VprError } from '../errors.js';

export default class Demo extends VprCommand {
  static override summary = 'Show a host at work: real pushes that it accepts, and real ones that it refuses.';
  static override description = `Makes authorities, certificates, a host and three clones in a new directory, and pushes
with real git. Changes nothing outside that directory, and needs no network. Exit code 1
where a push does not end as it should.`;
  static override examples = ['<%= config.bin %> demo', '<%= config.bin %> demo --dir /tmp/demo --json'];
  static override flags = {
    dir: Flags.string({ helpValue: 'DIR', description: 'a new or empty directory; one of its own where none is given' }),
  };

  async run() {
    const { flags } = await this.parse(Demo);
    const started = performance.now();
    const world = planWorld(demoDirectory(flags.dir));
    const shell = openShell(world.root);
    this.say(`A demonstration in ${world.root}`, '');
    for (const step of setUpSteps(world)) {
      this.say(typeof step === 'string' ? `    $ ${step}` : `    (${step.says})`);
      const { status, output } = runSetUp(world, shell, step);
      if (status === 0) continue;
      this.logToStderr('%s', output);
      throw new VprError('demo/set-up', `the demo could not be set up: ${step}`, { help: [`what there is of it lies in ${world.root}`] });
    }
    const results: SceneResult[] = [];
    for (const scene of SCENES) {
      const result = playScene(scene, world, shell);
      results.push(result);
      this.say(...sceneWords(result, results.length));
    }
    const counts = countScenes(results);
    if (counts.surprises > 0) this.problemsFound();
    const next = nextCommands(withThread(world, shell));
    this.say('', summaryWords(counts), '', ...placesWords(world));
    this.sayNext(...next);
    const { root: directory, host, bare: record } = world;
    const seconds = Math.round((performance.now() - started) / 100) / 10;
    return { directory, host, record, ...counts, seconds, scenes: results, next };
  }
}
