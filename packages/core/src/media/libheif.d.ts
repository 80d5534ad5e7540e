// The part of libheif-js that is used: its own types describe another entry.
declare module "libheif-js/wasm-bundle.js" {
  interface RawImage {
    readonly data: Uint8ClampedArray;
    readonly width: number;
    readonly height: number;
  }
  interface HeifImage {
    get_width(): number;
    get_height(): number;
    is_primary(): boolean;
    display(into: RawImage, done: (filled: RawImage | null) => void): void;
    free(): void;
  }
  const libheif: { readonly HeifDecoder: new () => { decode(file: Uint8Array): HeifImage[] } };
  export default libheif;
}
