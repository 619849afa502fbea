import { DurableObject } from "cloudflare:workers";

/** One upload that can be resumed, until it is whole, given up or expired. Named by the id of the upload to be. */
export class UploadSession extends DurableObject {
  async abandon(): Promise<boolean> {
    return false;
  }
}
