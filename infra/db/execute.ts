import type { Client } from 'pg';
import type { Plan } from '../plan/plan';

/** Executes a plan's statements, in their order and nothing besides, in the transaction that the caller is in. */
export async function executePlan(client: Client, plan: Plan): Promise<void> {
  for (const step of plan.steps) {
    for (const { text, values } of step.sql) await client.query(text, [...values]);
  }
}
