/** Inputs or state of one resource, as plain data. */
export type Properties = Readonly<Record<string, unknown>>;

/** Statements that run in order on one connection. */
export interface Work {
  /** The database to connect to; null: the one that the provider is configured with. */
  readonly database: string | null;
  /** false: each statement by itself (CREATE DATABASE allows no transaction). */
  readonly transaction: boolean;
  readonly statements: readonly string[];
  /** true: RDS runs this for its administrators with more rights than they have (CREATE EXTENSION). */
  readonly delegated?: boolean;
}

export interface Read {
  readonly database: string | null;
  readonly text: string;
  readonly values: readonly unknown[];
  /** What the provider would keep as state; null: the resource is gone. */
  readonly state: (rows: readonly Properties[]) => Properties | null;
}

/** What one kind of resource runs, told from its inputs alone: what depends on the catalog is decided in SQL. */
export interface Translator {
  readonly create: (inputs: Properties) => Work;
  readonly update: (olds: Properties, news: Properties) => Work;
  readonly drop: (state: Properties) => Work;
  readonly read: (state: Properties) => Read;
  /** Values of inputs that are left out. What is neither here nor given is the server's to say, and no difference. */
  readonly defaults: Properties;
  /** Inputs whose change makes a new resource. */
  readonly replaces: readonly string[];
  readonly id: (inputs: Properties) => string;
}
