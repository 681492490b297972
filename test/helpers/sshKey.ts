import { utils } from 'ssh2';

type Options = Parameters<typeof utils.generateKeyPairSync>[1];

/**
 * A new Ed25519 key. Of those that ssh2 makes, three of a thousand are such as it cannot read itself (a field that begins with
 * a zero byte loses it): another one is made then.
 */
export function sshKey(options?: { readonly passphrase: string } & Options): {
  readonly private: string;
  readonly public: string;
} {
  for (;;) {
    const pair = utils.generateKeyPairSync('ed25519', options);
    const readable = [utils.parseKey(pair.private, options?.passphrase), utils.parseKey(pair.public)].every(
      (key) => !(key instanceof Error),
    );
    if (readable) return pair;
  }
}
