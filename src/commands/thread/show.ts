import { inFlag, threadArg } from '../../cli/flags.js';
import { QueryCommand } from '../../cli/query-command.js';
import { type Asked, askProjection, hostInsteadFlags, typedId } from '../../cli/query-run.js';
import { shownWords } from '../../cli/query-words.js';
import { threadWords } from '../../cli/thread-words.js';
import { VprError } from '../../errors.js';
import { parseTimestampId } from '../../format/identifiers.js';
import { commandLine } from '../../format/shell.js';
import { type ShownMessage, thread } from '../../projections/index.js';
import { openClone } from '../../records/clone.js';
import { viewThread } from '../../records/thread-view.js';
import { given } from '../../verify/given.js';

export default class ThreadShow extends QueryCommand {
  static override summary = 'Show a thread: who takes part, and every message, as main has them.';
  static override description = `Says what the record says. Whether it is genuine is for vpr verify to say.
With --host it says what the host's projection has, by the thread's whole id, each
message followed by what corrects it, a page at a time.`;
  static override examples = [
    '<%= config.bin %> thread show 550e8400',
    '<%= config.bin %> thread show 20260105T101500.000Z-550e8400-e29b-41d4-a716-446655440000 --host /srv/vpr',
  ];
  static override args = threadArg;
  static override flags = {
    ...inFlag,
    ...hostInsteadFlags,
  };

  async run() {
    const { args, flags } = await this.parse(ThreadShow);
    const { host, record } = flags;
    this.host = host;
    if (host !== undefined) return this.projected({ ...flags, host }, wholeId(args.thread, host), typedId('--record', record));
    const view = viewThread(openClone(flags.in), args.thread);
    this.say(threadWords(view));
    return view;
  }

  private async projected(flags: Asked, id: string, record: string | undefined) {
    const answer = await askProjection(flags, {
      command: 'thread show',
      ids: { record, thread: id },
      ask: (database, asking) => thread(database, { thread: id, ...given({ record }), ...asking }),
      threadsIn: (shown) => [shown.thread.thread],
      commitsIn: ({ items, thread }) => [thread, ...items.flatMap(withCorrections)],
    });
    return this.answered(answer, shownWords(answer));
  }
}

/** A thread's id as a projection has it: it looks for no beginnings. */
function wholeId(text: string, host: string): string {
  const [moment = '', ...uuid] = text.trim().split('-');
  const id = [moment.toUpperCase(), ...uuid].join('-');
  const whole = `${id.slice(0, 20)}${id.slice(20).toLowerCase()}`;
  if (parseTimestampId(whole) !== undefined) return whole;
  throw new VprError('thread/whole-id', `with --host a thread's whole id is needed, not ${JSON.stringify(text)}`, {
    help: [commandLine('vpr', 'threads', '--host', host)],
  });
}

/** A message, and all that corrects it. */
function withCorrections(message: ShownMessage): ShownMessage[] {
  return [message, ...message.corrections.flatMap(withCorrections)];
}
