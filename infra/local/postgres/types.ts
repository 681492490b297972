import type { Generation } from './generations';

/** A running private PostgreSQL. */
export interface LocalServer {
  readonly generation: number;
  readonly port: number;
  readonly dataDirectory: string;
  readonly database: string;
  /** The engine's login, which is no superuser. Holds the password: show it only when asked for it. */
  readonly url: string;
  /** The superuser's login, only for what RDS itself would have done. */
  readonly adminUrl: string;
}

export interface LocalServerOptions {
  /** Where the server lives, such as `<root>/.local/postgres`. */
  readonly directory: string;
  /** Default: what the installed server packages give, else 15 or the one that apt offers. */
  readonly generation?: Generation;
  /** Entries of postgresql.conf that replace the defaults; they take effect when the server starts. */
  readonly settings?: Readonly<Record<string, string>>;
  /** Variables for the server's own environment, which has nothing of the caller's; they take effect when it starts. */
  readonly environment?: Readonly<Record<string, string>>;
  /** Receives one plain line for each long step. */
  readonly log?: (line: string) => void;
}

export type Log = (line: string) => void;

/** Where the programs of one PostgreSQL come from. */
export type Programs =
  | { readonly kind: 'packages'; readonly generation: number }
  | { readonly kind: 'chroot'; readonly generation: number; readonly root: string }
  | { readonly kind: 'docker'; readonly generation: number; readonly image: string };

/** The operating system account that the server runs as: PostgreSQL refuses to run as root. */
export interface Account {
  readonly uid: number;
  readonly gid: number;
}
