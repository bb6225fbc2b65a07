import type { Flag, Tables } from '../tables.js';

type FlagsOf<Row> = { [Name in keyof Row]-?: Row[Name] extends Flag | null ? Name : never }[keyof Row];
type FlagName = { [Table in keyof Tables]: FlagsOf<Tables[Table]> }[keyof Tables];

/** The columns that hold truth values. The compiler wants all of them here. */
const FLAGS: Readonly<Record<FlagName, true>> = {
  restricted: true,
  allow_patient_participation: true,
  allow_external_organisations: true,
  record_open: true,
  record_queryable: true,
  record_modifiable: true,
};

/** A row as an answer has it: what is 0 or 1 in a table is true or false, as it is in the files that the row was made from. */
export type AsAnswered<Row> = { readonly [Name in keyof Row]: Row[Name] extends Flag ? boolean : Row[Name] };

export function asAnswered<Row extends object>(row: Row): AsAnswered<Row> {
  const columns = Object.entries(row).map(([name, value]) => [name, Object.hasOwn(FLAGS, name) ? value === 1 : value]);
  return Object.fromEntries(columns) as AsAnswered<Row>;
}
