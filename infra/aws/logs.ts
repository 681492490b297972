import * as aws from '@pulumi/aws';
import type { Design } from './resolve';
import type { Scope } from './scope';

/** The logs that are exported: what PostgreSQL says, and what an upgrade of RDS says. */
export function exportedLogs({ engine }: Design): string[] {
  return engine === 'rds' ? ['postgresql', 'upgrade'] : ['postgresql'];
}

export function logGroupName({ engine, identifier }: Design, log: string): string {
  return `/aws/rds/${engine === 'rds' ? 'instance' : 'cluster'}/${identifier}/${log}`;
}

/** The log groups, made before the database writes to them: RDS would make them itself, and keep them for ever. */
export function logGroups(scope: Scope, design: Design): readonly aws.cloudwatch.LogGroup[] {
  return exportedLogs(design).map(
    (log) =>
      new aws.cloudwatch.LogGroup(
        `${scope.name}-log-${log}`,
        { name: logGroupName(design, log), retentionInDays: design.logRetentionDays, tags: scope.tags },
        { parent: scope.parent },
      ),
  );
}
