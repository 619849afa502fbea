/** Characters. What is shorter keeps nobody out, and would be found in any text. */
const SHORTEST = 6;

const spelled = (text: string) => JSON.stringify(text).slice(1, -1);

/**
 * A text without the values of these headers, which whoever was sent them may repeat: as a whole, without the scheme before them (`Bearer`), and
 * as they are spelled in JSON, and in JSON within JSON.
 */
export function withoutSecrets(text: string, headers: Readonly<Record<string, string>>): string {
  const secrets = Object.values(headers)
    .flatMap((value) => [value, value.replace(/^\S+ +/, "")])
    .flatMap((value) => [value, spelled(value), spelled(spelled(value))])
    .filter((secret) => secret.length >= SHORTEST)
    .sort((one, other) => other.length - one.length); // a part would leave the rest of the whole
  return secrets.reduce((left, secret) => left.replaceAll(secret, "…"), text);
}
