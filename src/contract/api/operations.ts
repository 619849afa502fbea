import { getImage } from "./image.ts";
import * as api from "./routes.ts";

/** Every operation, in the order of the documents. */
export const OPERATIONS = [
  api.createUpload,
  api.getUpload,
  api.deleteUpload,
  api.createDirectUpload,
  api.putDirectUpload,
  api.completeDirectUpload,
  api.createResumableUpload,
  api.headResumableUpload,
  api.patchResumableUpload,
  api.deleteResumableUpload,

  api.createStylization,
  api.getStylization,
  api.streamStylization,
  api.deleteStylization,
  api.getPicture,

  getImage,

  api.createWebhookSecret,
  api.listDeliveries,
  api.replayDelivery,

  api.getUser,
  api.deleteUser,

  api.createKey,
  api.listKeys,
  api.getKey,
  api.changeKey,
  api.rotateKey,
  api.revokeKey,
  api.getKeyUsage,
  api.getUsage,
  api.createToken,

  api.listStyles,
  api.purge,
  api.isAlive,
  api.isReady,
  api.getDocument,
] as const;
