export interface Letter {
  /** The same id is sent once where the provider can tell. */
  readonly id: string;
  readonly to: string;
  readonly subject: string;
  readonly text: string;
  readonly html: string;
  /** For one-click unsubscribing (RFC 8058); absent on letters that must arrive, such as codes. */
  readonly unsubscribeUrl?: string;
}

/** Outgoing email. */
export interface Mail {
  send(letter: Letter): Promise<void>;
}
