/** Names that look the same and are not: what is said of them. */
import t from 'tap';
import { makePeople } from '../support/people.js';
import { scenario } from '../support/scenario.js';
import { ledger } from './cases.js';

const people = await makePeople();

t.test('a name whose accent is encoded in another way than in the ledger', async (t) => {
  const problems = async (name: string) => {
    const record = scenario(people);
    const files = { [ledger(record)]: (yaml: string) => yaml.replace('name: Dr Jane Smith', 'name: Dr Jan\u00e9 Smith') };
    return (await record.append({ name, files }).judge()).problems;
  };
  t.same(await problems('Dr Jan\u00e9 Smith'), []);
  t.match(await problems('Dr Jane\u0301 Smith'), [{ rule: 'thread/author', help: [/as the ledger has it/, /Unicode NFC, NFD/, /./] }]);
  const [other] = await problems('Dr Jane Smith');
  t.notMatch(other?.help?.join(), 'NFC', 'of names that are other ones nothing of that');
});
