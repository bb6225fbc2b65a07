/** A strict reader of plain XML: elements, attributes, text, the five entities. Throws at anything else. */
export interface XmlElement {
  readonly name: string;
  readonly attributes: Readonly<Record<string, string>>;
  readonly children: XmlElement[];
  text: string;
}

const TAG = /^<(\/?)([A-Za-z]+)((?: [a-z]+="[^"<]*")*)(\/?)>/;

export function parseXml(document: string): XmlElement {
  const head = '<?xml version="1.0" encoding="UTF-8"?>\n';
  if (!document.startsWith(head)) throw new Error('no XML declaration');
  const top: XmlElement = { name: '', attributes: {}, children: [], text: '' };
  const open = [top];
  for (let at = head.length; at < document.length; ) {
    const element = open.at(-1) as XmlElement;
    const next = document.indexOf('<', at);
    element.text += decoded(document.slice(at, next < 0 ? undefined : next));
    if (next < 0) break;
    const [whole = '', closes, name = '', attributes = '', empty] = TAG.exec(document.slice(next)) ?? [];
    if (whole === '') throw new Error(`no tag at ${next}: ${document.slice(next, next + 40)}`);
    if (closes === '/') {
      if (open.pop()?.name !== name) throw new Error(`</${name}> closes nothing`);
    } else {
      const pairs = [...attributes.matchAll(/ ([a-z]+)="([^"]*)"/g)].map(([, key = '', value = '']) => [key, decoded(value)]);
      const fresh: XmlElement = { name, attributes: Object.fromEntries(pairs), children: [], text: '' };
      element.children.push(fresh);
      if (empty !== '/') open.push(fresh);
    }
    at = next + whole.length;
  }
  if (open.length !== 1 || top.children.length !== 1 || top.text.trim() !== '') throw new Error('not one root element');
  return top.children[0] as XmlElement;
}

function decoded(text: string): string {
  const entities: Readonly<Record<string, string>> = { amp: '&', lt: '<', gt: '>', quot: '"', apos: "'" };
  return text.replaceAll(/&([a-z]*;?)/g, (_, name: string) => {
    const character = name.endsWith(';') ? entities[name.slice(0, -1)] : undefined;
    if (character === undefined) throw new Error(`&${name}`);
    return character;
  });
}
