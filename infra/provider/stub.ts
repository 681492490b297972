/**
 * What Pulumi keeps of a provider: this text, in every resource of every state file, for ever. It finds the compiled
 * package from the working directory, as `require` in a program there would, and hands over to it. So a change of code
 * changes no byte of state, no path of a machine gets into it, and an old state runs the code that is installed now.
 *
 * The names `tidemark/provider`, `engine`, `rollup`, `server` and `login` are therefore a contract with all states there are.
 */
export type ProviderName = 'engine' | 'rollup' | 'server' | 'login';

// `createRequire`, because the text runs as a module without a file name, from where a package cannot refer to itself.
// The stack is emptied because Pulumi prints it after the message.
const TEMPLATE = `exports.handler = () => {
  const { createRequire } = require("node:module");
  const from = createRequire(process.cwd() + "/");
  let file;
  try {
    file = from.resolve("tidemark/provider");
  } catch {
    const error = new Error("The package tidemark is not installed, or not built: run \`npm install\`, or in its own checkout \`npm run build\`, then try again.");
    error.stack = "";
    throw error;
  }
  return from(file).NAME;
};
`;

/** The text that stands for a provider in the state. */
export function providerText(name: ProviderName): string {
  return TEMPLATE.replace('NAME', name);
}
