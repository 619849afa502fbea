/** What the bundler makes of an imported .wasm file: compiled code without state. */
declare module "*.wasm" {
  const module: WebAssembly.Module;
  export default module;
}
