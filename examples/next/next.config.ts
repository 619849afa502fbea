/** A share of an app's own: `next/image` asks stylegate, for widths that differ. */
export default {
  images: {
    loader: "custom" as const,
    loaderFile: "./image-loader.ts",
    deviceSizes: [480, 640, 768],
    imageSizes: [160, 320],
  },
};
