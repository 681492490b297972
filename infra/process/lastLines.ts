import { stripVTControlCharacters } from 'node:util';

/**
 * The last lines of a program's output that say something, for an error's sentence: without what a terminal would obey,
 * and without the login of a URL, such as that of a state or a package registry.
 */
export function lastLines(text: string, count = 1): string {
  return stripVTControlCharacters(text)
    .split('\n')
    .map((line) => line.replace(/\p{Cc}/gu, ' ').trimEnd())
    .filter((line) => line !== '')
    .slice(-count)
    .join('\n')
    .replace(/:\/\/[^\s/]*@/g, '://…@');
}
