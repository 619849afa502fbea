/**
 * How each operation is called from a shell. `$STYLEGATE`, `$KEY` and the ids are those of the page's "Start here"; a test runs them all
 * against the Worker, in this order.
 */
export const EXAMPLES: Record<string, string> = {
  createUpload: `curl -sS "$STYLEGATE/v1/uploads?user=u_4711" -H "Authorization: Bearer $KEY" \\
  -H "Content-Type: image/jpeg" --data-binary @photo.jpg

# as a form, and by URL
curl -sS "$STYLEGATE/v1/uploads" -H "Authorization: Bearer $KEY" -F user=u_4711 -F file=@photo.jpg
curl -sS "$STYLEGATE/v1/uploads" -H "Authorization: Bearer $KEY" \\
  --json '{"source":"https://photos.example.com/me.jpg"}'`,
  getUpload: `curl -sS "$STYLEGATE/v1/uploads/$UPLOAD" -H "Authorization: Bearer $KEY"`,
  deleteUpload: `curl -sS -X DELETE "$STYLEGATE/v1/uploads/$UPLOAD" -H "Authorization: Bearer $KEY"`,
  createDirectUpload: `curl -sS "$STYLEGATE/v1/uploads/direct" -H "Authorization: Bearer $KEY" \\
  --json "{\\"bytes\\":$(wc -c < photo.jpg)}" > direct.json`,
  putDirectUpload: `curl -sS -T photo.jpg "$(jq -r .url direct.json)" \\
  $(jq -r '.headers | to_entries[] | "-H \\(.key):\\(.value)"' direct.json)`,
  completeDirectUpload: `curl -sS -X POST "$STYLEGATE$(jq -r .complete direct.json)" -H "Authorization: Bearer $KEY"`,
  createResumableUpload: `RESUMABLE=$(curl -sS -o /dev/null -w '%header{location}' \\
  -X POST "$STYLEGATE/v1/uploads/resumable" -H "Authorization: Bearer $KEY" \\
  -H "Tus-Resumable: 1.0.0" -H "Upload-Length: $(wc -c < photo.jpg)")`,
  headResumableUpload: `curl -sS -I "$STYLEGATE$RESUMABLE" -H "Authorization: Bearer $KEY" -H "Tus-Resumable: 1.0.0"`,
  patchResumableUpload: `curl -sS -X PATCH "$STYLEGATE$RESUMABLE" -H "Authorization: Bearer $KEY" \\
  -H "Tus-Resumable: 1.0.0" -H "Upload-Offset: 0" \\
  -H "Content-Type: application/offset+octet-stream" --data-binary @photo.jpg`,
  deleteResumableUpload: `curl -sS -X DELETE "$STYLEGATE$RESUMABLE" -H "Authorization: Bearer $KEY" \\
  -H "Tus-Resumable: 1.0.0"`,

  createStylization: `curl -sS "$STYLEGATE/v1/stylizations" -H "Authorization: Bearer $KEY" \\
  -H "Idempotency-Key: order-77" \\
  --json '{"source":"upload:'$UPLOAD'","outputs":[{"style":"toon","format":"webp","width":640}]}'

# a photo's way in one request, and its picture out of it
curl -sS "$STYLEGATE/v1/stylizations" -H "Authorization: Bearer $KEY" -H "Accept: image/*" \\
  -F 'request={"outputs":[{"style":"toon"}]}' -F file=@photo.jpg -o toon.jpg`,
  getStylization: `curl -sS "$STYLEGATE/v1/stylizations/$STYLIZATION" -H "Authorization: Bearer $KEY"`,
  streamStylization: `curl -sSN "$STYLEGATE/v1/stylizations/$STYLIZATION/events" -H "Authorization: Bearer $KEY"`,
  deleteStylization: `curl -sS -X DELETE "$STYLEGATE/v1/stylizations/$STYLIZATION" -H "Authorization: Bearer $KEY"`,
  getPicture: `curl -sS "$STYLEGATE$PICTURE" -o toon.webp`,

  getImage: `curl -sS "$STYLEGATE/image/style=handdrawn,width=640,format=webp/upload:$UPLOAD" -o handdrawn.webp`,

  createWebhookSecret: `curl -sS -X POST "$STYLEGATE/v1/webhooks/secret" -H "Authorization: Bearer $KEY"`,
  listDeliveries: `curl -sS "$STYLEGATE/v1/webhooks/deliveries?state=dead" -H "Authorization: Bearer $KEY"`,
  replayDelivery: `curl -sS -X POST "$STYLEGATE/v1/webhooks/deliveries/$DELIVERY/replay" -H "Authorization: Bearer $KEY"`,

  getUser: `curl -sS "$STYLEGATE/v1/users/u_4711" -H "Authorization: Bearer $KEY"`,
  deleteUser: `curl -sS -X DELETE "$STYLEGATE/v1/users/u_4711" -H "Authorization: Bearer $KEY"`,

  createKey: `curl -sS "$STYLEGATE/v1/keys" -H "Authorization: Bearer $ADMIN_SECRET" \\
  --json '{"name":"iOS app","scopes":["transform","upload"],"quotas":{"perMinute":600,"perMonth":100000}}'`,
  listKeys: `curl -sS "$STYLEGATE/v1/keys" -H "Authorization: Bearer $ADMIN_SECRET"`,
  getKey: `curl -sS "$STYLEGATE/v1/keys/$KEY_ID" -H "Authorization: Bearer $ADMIN_SECRET"`,
  changeKey: `curl -sS -X PATCH "$STYLEGATE/v1/keys/$KEY_ID" -H "Authorization: Bearer $ADMIN_SECRET" \\
  --json '{"quotas":{"perMonth":200000}}'`,
  rotateKey: `curl -sS -X POST "$STYLEGATE/v1/keys/$KEY_ID/rotate" -H "Authorization: Bearer $ADMIN_SECRET"`,
  revokeKey: `curl -sS -X DELETE "$STYLEGATE/v1/keys/$KEY_ID" -H "Authorization: Bearer $ADMIN_SECRET"`,
  getKeyUsage: `curl -sS "$STYLEGATE/v1/keys/$KEY_ID/usage?month=2026-11" -H "Authorization: Bearer $ADMIN_SECRET"`,
  getUsage: `curl -sS "$STYLEGATE/v1/usage" -H "Authorization: Bearer $KEY"`,
  createToken: `curl -sS "$STYLEGATE/v1/tokens" -H "Authorization: Bearer $KEY" \\
  --json '{"user":"u_4711","expiresIn":900}'`,

  listStyles: `curl -sS "$STYLEGATE/v1/styles"`,
  purge: `curl -sS "$STYLEGATE/v1/purge" -H "Authorization: Bearer $ADMIN_SECRET" --json '{"styles":["handdrawn"]}'`,
  isAlive: `curl -sS "$STYLEGATE/healthz"`,
  isReady: `curl -sS "$STYLEGATE/readyz"`,
  getDocument: `curl -sS "$STYLEGATE/openapi.json" -o openapi.json`,
};
