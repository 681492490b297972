/** What Tidemark throws for a reason a user can act on: one clear sentence, the cause kept, a hint where one helps. */
export class TidemarkError extends Error {
  readonly hint: string | undefined;

  constructor(message: string, options: { cause?: unknown; hint?: string } = {}) {
    super(message, options.cause === undefined ? undefined : { cause: options.cause });
    this.name = 'TidemarkError';
    this.hint = options.hint;
  }
}
