/**
 * Who asks: a key, for back ends; or tokens that one has minted, for apps, whose `token` is called for the first one, and again when
 * the service does not take it any more. Neither, for a service on one's own machine.
 */
export type CredentialOptions = {
  key?: string | undefined;
  token?: (() => string | Promise<string>) | undefined;
};

/** What goes into `Authorization`. */
export class Credentials {
  readonly #key: string | undefined;
  readonly #token: (() => string | Promise<string>) | undefined;
  #minted: Promise<string> | undefined;

  constructor({ key, token }: CredentialOptions) {
    this.#key = key;
    this.#token = token;
  }

  async current(): Promise<string | undefined> {
    const secret = this.#token ? await (this.#minted ?? this.#mint(this.#token)) : this.#key;
    return secret === undefined ? undefined : `Bearer ${secret}`;
  }

  /** In place of one that was refused; undefined where there is no other. */
  async after(refused: string | undefined): Promise<string | undefined> {
    if (!this.#token) return undefined;
    // Of many requests that are refused at once only the first asks for a new one.
    if ((await this.current()) === refused) this.#mint(this.#token);
    return this.current();
  }

  #mint(token: () => string | Promise<string>): Promise<string> {
    const minted = Promise.resolve().then(token);
    this.#minted = minted;
    minted.catch(() => {
      if (this.#minted === minted) this.#minted = undefined; // the next request may have more luck
    });
    return minted;
  }
}
