/** Vite gives an imported file as a data: URL; workerd has no file system that a test could read fixtures from. */
declare module "*?inline" {
  const url: string;
  export default url;
}
