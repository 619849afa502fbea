import { mayTouch, type Principal } from "../access/principal.ts";
import { headUpload, noUpload, type StoredUpload } from "../storage/uploads.ts";

/** An upload that the principal may see. @throws ProblemError upload_not_found, of somebody else's too */
export async function ownUpload(
  principal: Principal,
  bucket: R2Bucket,
  id: string,
  now: number,
): Promise<StoredUpload> {
  const stored = await headUpload(bucket, id, now);
  if (mayTouch(principal, stored)) return stored;
  throw noUpload();
}
