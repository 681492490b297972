/** How a plugin, a new process for every operation, talks to the cloud in the test's process. */
import { request } from 'node:http';
import type { Data } from './values';

/** Environment variable with the cloud's address, such as http://127.0.0.1:41234. */
export const CLOUD_VARIABLE = 'TIDEMARK_STANDIN_CLOUD';

/** Posts one question as JSON. The cloud's refusal is thrown with its own words. */
export function askCloud<T>(path: string, question: Data): Promise<T> {
  const address = process.env[CLOUD_VARIABLE];
  if (address === undefined) throw new Error(`${CLOUD_VARIABLE} is not set: this runs within a test only.`);
  return new Promise((resolve, reject) => {
    const call = request(new URL(path, address), { method: 'POST' }, (response) => {
      let text = '';
      response.setEncoding('utf8').on('data', (chunk: string) => (text += chunk));
      response.on('end', () => {
        const answer = JSON.parse(text) as { value?: T; error?: string };
        if (answer.error === undefined) resolve(answer.value as T);
        else reject(new Error(answer.error));
      });
    });
    call.on('error', reject);
    call.end(JSON.stringify(question));
  });
}
