/** Who may do what with the tables of a schema of PostgreSQL, carried over to the schema that is to take its place. */
import { sql } from 'kysely';
import type { Connection } from './database.js';

/**
 * Grants on `to`, and on its tables and their columns, what is granted on those of `from`, and by default on tables
 * that are still to come. Nothing where there is no `from`. PostgreSQL itself writes the statements: names are quoted where they have to be.
 */
export async function copyGrants(kysely: Connection['kysely'], from: string, to: string): Promise<void> {
  const { rows } = await sql<{ statement: string }>`
    with tables as (
      select former.oid, format('%I.%I', ${to}::text, former.relname) as name, former.relacl
      from pg_class former
      join pg_class fresh on fresh.relname = former.relname and fresh.relkind in ('r', 'p')
      where former.relnamespace = (select oid from pg_namespace where nspname = ${from})
        and fresh.relnamespace = (select oid from pg_namespace where nspname = ${to})
        and former.relkind in ('r', 'p')
    ), granted (start, object, acl) as (
      select '', format('schema %I', ${to}::text), nspacl from pg_namespace where nspname = ${from}
      union all
      select '', format('table %s', name), relacl from tables
      union all
      select '', format('(%I) on table %s', attname, name), attacl from tables join pg_attribute on attrelid = oid where not attisdropped
      union all
      select format('alter default privileges for role %s in schema %I ', defaclrole::regrole, ${to}::text), 'tables', defaclacl
      from pg_default_acl
      where defaclnamespace = (select oid from pg_namespace where nspname = ${from})
        and defaclobjtype = 'r' and pg_has_role(defaclrole, 'member')
    )
    select start
      || format(case when object like '(%' then 'grant %s %s' else 'grant %s on %s' end, privilege_type, object)
      || format(' to %s', case when grantee = 0 then 'public' else grantee::regrole::text end)
      || case when is_grantable then ' with grant option' else '' end as statement
    from granted cross join lateral aclexplode(acl)`.execute(kysely);
  for (const { statement } of rows) await sql.raw(statement).execute(kysely);
}
