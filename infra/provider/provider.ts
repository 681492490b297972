/** The methods that Pulumi's dynamic provider calls, with plain data for what its own types leave open. */
import type { CheckFailure } from './failure';
import type { Data } from './state';

export interface CheckResult {
  /** Mutable: Pulumi adds a key of its own. */
  readonly inputs: Record<string, unknown>;
  readonly failures?: readonly CheckFailure[];
}

export interface Provider {
  check(before: Data, given: Data): Promise<CheckResult>;
  diff(
    id: string,
    outputs: Data,
    inputs: Data,
  ): Promise<{ readonly changes: boolean; readonly replaces?: string[] }>;
  create(inputs: Data): Promise<{ readonly id: string; readonly outs: Data }>;
  update(id: string, outputs: Data, inputs: Data): Promise<{ readonly outs: Data }>;
  /** `{}`: it is not there. */
  read(
    id: string,
    outputs: Data,
  ): Promise<{ readonly id?: string; readonly inputs?: Data; readonly props?: Data }>;
  delete(id: string, outputs: Data): Promise<void>;
}
