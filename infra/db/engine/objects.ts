/** The engine's objects in a database, as against what was installed: a function that was replaced by hand is seen. */
import type { Client } from 'pg';
import type { Manifest } from './manifest';

/** One row of rollup.object and what is there now. Nulls in rows of the first version, which recorded less. */
export interface InstalledObject {
  readonly path: string;
  readonly sha256: string;
  readonly identity: string | null;
  /** Text when it was installed. */
  readonly recorded: string | null;
  /** Text now; null: it is gone. */
  readonly present: string | null;
  /** Something else depends on it, so that it cannot be dropped. */
  readonly used: boolean;
}

/** MD5 of all that an object is, by its identity `i.identity`: a function, procedure or aggregate with its arguments, or a view. */
const TEXT_MD5 = `case when i.identity like '%(%' then (
    select md5(concat_ws(E'\\n', p.prosrc, pg_get_function_sqlbody(p.oid), pg_get_function_arguments(p.oid),
        pg_get_function_result(p.oid), p.prokind, p.prosecdef, p.provolatile, p.proisstrict, p.proparallel, p.proconfig,
        a.aggtransfn, a.aggfinalfn, a.aggcombinefn, a.aggtranstype, a.agginitval))
      from pg_proc p left join pg_aggregate a on a.aggfnoid = p.oid where p.oid = to_regprocedure(i.identity))
  else md5(pg_get_viewdef(to_regclass(i.identity))) end`;

/** Remembers a file's object as it is now: $1 path, $2 checksum of the file, $3 identity. */
export const RECORD = `insert into rollup.object (path, sha256, identity, text_md5)
select $1, $2, i.identity, ${TEXT_MD5} from (select $3::text as identity) i
on conflict (path) do update set sha256 = excluded.sha256, identity = excluded.identity,
  text_md5 = excluded.text_md5, applied_at = clock_timestamp()`;

/** Everything that was installed, and what of it is there. Needs rollup.object only, in any version of it. */
export async function installedObjects(client: Client): Promise<readonly InstalledObject[]> {
  const rows = await client.query<InstalledObject>(
    `select i.path, i.sha256, i.identity, i.recorded, ${TEXT_MD5} as present,
            exists (select from pg_depend d left join pg_rewrite w on d.classid = 'pg_rewrite'::regclass and w.oid = d.objid
                     where d.deptype = 'n' and d.refclassid in ('pg_proc'::regclass, 'pg_class'::regclass)
                       and w.ev_class is distinct from d.refobjid  -- a view's own rule
                       and d.refobjid = coalesce(to_regprocedure(case when i.identity like '%(%' then i.identity end)::oid,
                                                 to_regclass(case when i.identity not like '%(%' then i.identity end)::oid)) as used
       from (select o.path, o.sha256, to_jsonb(o) ->> 'identity' as identity, to_jsonb(o) ->> 'text_md5' as recorded
               from rollup.object o) i
      order by i.path`,
  );
  return rows.rows;
}

/** `as released`, or which objects are missing, of another version, were replaced by hand, or are not of this release. */
export function objectsInWords(manifest: Manifest, installed: readonly InstalledObject[]): string {
  const known = new Map(installed.map((object) => [object.path, object]));
  const words = manifest.objects.flatMap(({ path, sha256 }) => {
    const object = known.get(path);
    if (object === undefined || object.sha256 !== sha256) return [`${path} is of another version`];
    if (object.present === null) return [`${path} is missing`];
    return object.present === object.recorded ? [] : [`${path} was replaced by hand`];
  });
  const paths = new Set(manifest.objects.map((file) => file.path));
  const left = installed.filter((object) => !paths.has(object.path) && !object.used);
  const all = [...words, ...left.map((object) => `${object.path} is not of this release`)];
  return all.length === 0 ? 'as released' : all.join('; ');
}
