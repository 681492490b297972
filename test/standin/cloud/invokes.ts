/** What a program asks AWS without making anything. */
import type { Data } from '../plugin/values';
import type { Account } from './kinds';

type Answer = (args: Data, account: Account) => Data;

const INVOKES: Readonly<Record<string, Answer>> = {
  'aws:index/getAvailabilityZones:getAvailabilityZones': (_args, { region }) => ({
    id: region,
    names: ['a', 'b', 'c'].map((zone) => `${region}${zone}`),
    zoneIds: ['1', '2', '3'].map((zone) => `use1-az${zone}`),
    groupNames: [region],
  }),
  'aws:index/getCallerIdentity:getCallerIdentity': (_args, { id }) => ({
    id,
    accountId: id,
    arn: `arn:aws:iam::${id}:user/tester`,
    userId: 'AIDASTANDIN',
  }),
  'aws:index/getPartition:getPartition': () => ({
    id: 'aws',
    partition: 'aws',
    dnsSuffix: 'amazonaws.com',
    reverseDnsPrefix: 'com.amazonaws',
  }),
  'aws:index/getRegion:getRegion': (args, { region }) => {
    const name = String(args['region'] ?? region);
    return { id: name, name, region: name, description: name, endpoint: `ec2.${name}.amazonaws.com` };
  },
  'aws:iam/getPolicyDocument:getPolicyDocument': (args) => {
    const json = JSON.stringify({ Version: '2012-10-17', Statement: args['statements'] ?? [] });
    return { ...args, id: 'policy', json, minifiedJson: json };
  },
  'aws:ssm/getParameter:getParameter': (args, { id, region }) => ({
    ...args,
    id: args['name'],
    arn: `arn:aws:ssm:${region}:${id}:parameter${args['name']}`,
    type: 'String',
    value: 'ami-0123456789abcdef0',
    version: 1,
  }),
};

export function invoke(token: string, args: Data, account: Account): Data {
  const answer = INVOKES[token];
  if (answer === undefined) throw new Error(`The stand-in does not know ${token}.`);
  return answer(args, account);
}
