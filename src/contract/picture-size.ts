/** Of a picture's encoded file, whichever way it comes. */
export const MAX_PICTURE_MIB = 30;
export const MAX_PICTURE_BYTES = MAX_PICTURE_MIB * 1024 * 1024;
