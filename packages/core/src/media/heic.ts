export interface RawPicture {
  /** Four bytes a pixel, row by row. */
  readonly data: Uint8ClampedArray;
  readonly width: number;
  readonly height: number;
}

/** Decodes the primary picture of a HEIC file, upright. libheif and its HEVC decoder run as WebAssembly. Throws where the file is damaged. */
export async function decodeHeic(file: Uint8Array): Promise<RawPicture> {
  const { default: libheif } = await import("libheif-js/wasm-bundle.js");
  const images = new libheif.HeifDecoder().decode(file);
  const image = images.find((one) => one.is_primary()) ?? images[0];
  if (!image) throw new Error("the file holds no picture");
  const [width, height] = [image.get_width(), image.get_height()];
  try {
    return await new Promise((resolve, reject) => {
      image.display({ data: new Uint8ClampedArray(width * height * 4), width, height }, (filled) =>
        filled ? resolve(filled) : reject(new Error("the picture is damaged")),
      );
    });
  } finally {
    for (const one of images) one.free();
  }
}
