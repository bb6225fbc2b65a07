/** A YAML document as it was read: plain data with places. */

/** A place in the text of a document, in UTF-16 units: `start` inclusive, `end` exclusive. */
export interface YamlRange {
  readonly start: number;
  readonly end: number;
}

export interface YamlScalar extends YamlRange {
  readonly kind: 'scalar';
  /** The value, quotes and escapes resolved; empty where nothing stands. */
  readonly text: string;
  readonly style: 'plain' | 'single' | 'double';
}

export interface YamlEntry {
  readonly key: YamlScalar;
  /** Just behind the entry's colon. */
  readonly colonEnd: number;
  readonly value: YamlNode;
}

export interface YamlMap extends YamlRange {
  readonly kind: 'map';
  /** Written with braces. */
  readonly flow: boolean;
  readonly entries: readonly YamlEntry[];
}

export interface YamlSequence extends YamlRange {
  readonly kind: 'sequence';
  /** Written with brackets. */
  readonly flow: boolean;
  readonly items: readonly YamlItem[];
}

export interface YamlItem {
  /** Where the item's dash is; in brackets, where its value begins. */
  readonly start: number;
  readonly value: YamlNode;
}

export type YamlNode = YamlScalar | YamlMap | YamlSequence;

/** A document that was read, with the place of everything in it. */
export interface YamlDocument {
  readonly text: string;
  readonly root: YamlNode;
  /** The line, from 1, of an offset in `text`. */
  lineAt(offset: number): number;
}
