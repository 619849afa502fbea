/** What the bundler makes of an imported .wasm file: compiled code without state. */
declare module "*.wasm" {
  const module: WebAssembly.Module;
  export default module;
}

/** A network, which wrangler.toml's rules bundle as it is. */
declare module "*.onnx" {
  const file: ArrayBuffer;
  export default file;
}
