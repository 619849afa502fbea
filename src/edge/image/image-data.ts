/**
 * What jSquash's decoders give. Where there is no ImageData they define one, whose scope keeps the memory of the first decoder for good: 55 MB
 * after a WebP of 12 megapixels. This one keeps nothing, and takes the samples out of the hands of the decoder, which remembers what it last
 * gave.
 */
class Samples {
  readonly data: Uint8ClampedArray<ArrayBuffer>;
  readonly width: number;
  readonly height: number;

  constructor(data: Uint8ClampedArray<ArrayBuffer>, width: number, height: number) {
    this.data = new Uint8ClampedArray(data.buffer.transfer());
    this.width = width;
    this.height = height;
  }
}

Object.assign(globalThis, { ImageData: Samples });
