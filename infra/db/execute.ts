import type { Client } from 'pg';
import type { Plan, Statement } from '../plan/plan';

/** Executes statements in their order. */
export async function executeStatements(client: Client, statements: readonly Statement[]): Promise<void> {
  for (const { text, values } of statements) await client.query(text, [...values]);
}

/** Executes a plan's statements, in their order and nothing besides, in the transaction that the caller is in. */
export async function executePlan(client: Client, plan: Plan): Promise<void> {
  for (const step of plan.steps) await executeStatements(client, step.sql);
}
