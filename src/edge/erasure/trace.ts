/** What there is to erase of a user, or of an upload. */
export type Trace =
  | { kind: "upload"; id: string; contentHash: string }
  /** An upload that is not there yet, or in parts. */
  | { kind: "session"; id: string }
  /** `owner`: whose it is, where that may be another than the record's. */
  | { kind: "stylization"; id: string; owner?: string | undefined }
  /**
   * A picture that was drawn for the user, of another source than an upload. `record`: the name under which it is known which picture that
   * source is (`sourceKey`), which is erased with it; a URL itself may hold secrets, and is not kept.
   */
  | { kind: "content"; contentHash: string; record?: string | undefined };
