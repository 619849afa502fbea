/** 128 random bits in base64url. */
export const RANDOM_ID = /^[A-Za-z0-9_-]{22}$/;

/** Hexadecimal. */
export const SHA256 = /^[0-9a-f]{64}$/;
