/** Whose something in a database is: the Pulumi resource that deployed it. */
export interface Owner {
  readonly project: string;
  /** Its name; with the organization before it where there is one. */
  readonly stack: string;
  /** Name of the resource in the program. */
  readonly resource: string;
}

/** `metrics/prod, resource flights`. */
export function ownerText({ project, stack, resource }: Owner): string {
  return `${project}/${stack}, resource ${resource}`;
}

export function sameOwner(a: Owner, b: Owner): boolean {
  return a.project === b.project && a.stack === b.stack && a.resource === b.resource;
}
