import * as aws from '@pulumi/aws';
import type * as pulumi from '@pulumi/pulumi';
import type { Design } from './resolve';
import type { Scope } from './scope';

/**
 * Name of the parameter group. The name is generated, so that another family is another group, made before the database moves to it
 * and deleted after. It is filled before the database is made, which then starts with it and needs no reboot.
 */
export function parameterGroup(scope: Scope, design: Design): pulumi.Output<string> {
  const { name, parent, tags } = scope;
  const args = {
    family: design.family,
    description: `Parameters of the database ${design.identifier} and its rollups`,
    parameters: design.parameters.map((parameter) => ({ ...parameter })),
    tags,
  };
  const group =
    design.engine === 'rds'
      ? new aws.rds.ParameterGroup(`${name}-parameters`, args, { parent })
      : new aws.rds.ClusterParameterGroup(`${name}-parameters`, args, { parent });
  return group.name;
}
