/** Errors of AWS, told in one sentence. The SDK's own texts can hold session tokens: only names and identifiers go on. */
import { TidemarkError } from '../model/error';

interface Case {
  readonly names: readonly string[];
  readonly told: string;
  readonly hint: (call: Call) => string;
}

/** What was asked of AWS, for error texts. */
export interface Call {
  /** As an IAM policy names it, such as `secretsmanager:GetSecretValue`. */
  readonly action: string;
  /** What it was for, such as `the secret arn:…`; never a secret itself. */
  readonly target: string;
  readonly region: string;
}

/** RDS says `Throttling`, newer services the exception. */
const THROTTLED = [
  'Throttling',
  'ThrottlingException',
  'RequestThrottled',
  'TooManyRequestsException',
  'RequestLimitExceeded',
];

const CASES: readonly Case[] = [
  {
    names: ['CredentialsProviderError', 'TokenProviderError'],
    told: 'no AWS credentials are found',
    hint: () =>
      'Set AWS_PROFILE, or AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY, run `aws sso login`, or give connection.profile.',
  },
  {
    names: ['ExpiredToken', 'ExpiredTokenException', 'RequestExpired'],
    told: 'the AWS credentials have expired',
    hint: () => 'Log in again, for example with `aws sso login`.',
  },
  {
    names: [
      'UnrecognizedClientException',
      'InvalidClientTokenId',
      'InvalidSignatureException',
      'SignatureDoesNotMatch',
      'IncompleteSignature',
    ],
    told: 'AWS does not accept these credentials',
    hint: () => 'Check the access key and the secret key, and this machine’s clock.',
  },
  {
    names: ['AccessDenied', 'AccessDeniedException', 'UnauthorizedOperation', 'ForbiddenException'],
    told: 'access is denied',
    hint: ({ action }) =>
      `Allow ${action} for these credentials. A secret that is encrypted with your own key needs kms:Decrypt as well.`,
  },
  {
    names: ['ResourceNotFoundException', 'InvalidInstanceId', 'DatabaseNotFoundException'],
    told: 'it does not exist there',
    hint: () => 'Check its name or ARN, the account of the credentials and the region.',
  },
  {
    names: ['TargetNotConnected'],
    told: 'the instance is not connected to Systems Manager',
    hint: () =>
      'A new instance needs a minute or two: wait, then run again. Otherwise check that the instance and its SSM agent run, and that its role and network allow it to reach Systems Manager.',
  },
  {
    names: THROTTLED,
    told: 'AWS received too many calls',
    hint: () => 'Run again in a minute.',
  },
  {
    names: [
      'TimeoutError',
      'NetworkingError',
      'ENOTFOUND',
      'ECONNREFUSED',
      'ETIMEDOUT',
      'ECONNRESET',
      'EAI_AGAIN',
    ],
    told: 'AWS cannot be reached from this machine',
    hint: ({ region }) =>
      `Check the network and the proxy settings, and check that ${region} is a region of AWS.`,
  },
];

/** Has no cause: the SDK's error can quote the signed request, and with it a session token. */
export function awsError(cause: unknown, call: Call): TidemarkError {
  if (cause instanceof TidemarkError) return cause;
  const names = errorNames(cause);
  const known = CASES.find((item) => item.names.some((name) => names.includes(name)));
  const why = known === undefined ? `AWS answered ${names[0] ?? 'with an error'}` : known.told;
  return new TidemarkError(`${call.action} for ${call.target} in ${call.region} failed: ${why}.`, {
    hint: known?.hint(call) ?? `Check that ${call.action} is allowed and that the target is right.`,
  });
}

/** Name and code of an error and of those inside it: a refused connection comes wrapped. */
function errorNames(cause: unknown): readonly string[] {
  const found: string[] = [];
  const visit = (error: unknown, depth: number): void => {
    if (!(error instanceof Error) || depth > 3) return;
    for (const name of ['code' in error ? error.code : undefined, error.name]) {
      if (typeof name === 'string' && /^[\w.-]{1,80}$/.test(name) && name !== 'Error') found.push(name);
    }
    if (error instanceof AggregateError) for (const inner of error.errors) visit(inner, depth + 1);
    visit(error.cause, depth + 1);
  };
  visit(cause, 0);
  return found;
}

/** Whether AWS turned a call away unheard, for being one too many. */
export function isThrottled(cause: unknown): boolean {
  return errorNames(cause).some((name) => THROTTLED.includes(name));
}

/**
 * Before the SDK is used: its warning of the Node versions that later releases will need goes to whoever chooses the
 * release, and would stand in the diagnostics of every `pulumi up`.
 */
export function quietSdk(): void {
  process.env['AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED'] ??= 'true';
}

/** By default the SDK waits for an answer without end. Each of these calls takes a second or two. */
const LIMITS = { connectionTimeout: 5_000, requestTimeout: 60_000, throwOnRequestTimeout: true };

export interface ClientSettings {
  readonly region: string;
  readonly profile?: string;
  readonly requestHandler: typeof LIMITS;
}

/** What every client of the SDK is made with. It tries a call three times, as is its default. */
export function clientSettings(region: string, profile: string | undefined): ClientSettings {
  quietSdk();
  return { region, requestHandler: LIMITS, ...(profile === undefined ? {} : { profile }) };
}
