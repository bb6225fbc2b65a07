import { MAIN } from '../../format/push.js';
import type { Rule } from '../rule.js';

export const refOnlyMain: Rule = {
  id: 'ref/only-main',
  statement: 'A push updates refs/heads/main and no other ref',
  why: 'Another branch, a tag or a note would carry text that no rule has looked at and no reader expects.',
  section: '§1',
  since: 1,
  protects: true,
  refuses: { title: 'a tag is pushed beside main', push: (record) => record.append().ref('refs/tags/v1') },
  accepts: { title: 'main alone is pushed', push: (record) => record.append() },
  *onPush({ updates }) {
    if (updates.filter(({ ref }) => ref === MAIN).length > 1) {
      yield { message: 'refs/heads/main stands twice in this push', help: ['git push origin HEAD:refs/heads/main  # main alone'] };
    }
    for (const { ref } of updates) {
      if (ref === MAIN) continue;
      yield {
        message: `a record has one branch, refs/heads/main, and nothing else: ${ref} is not taken`,
        help: ['git push origin HEAD:refs/heads/main  # main alone'],
      };
    }
  },
};
