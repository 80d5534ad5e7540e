import { crc32, deflateRawSync, deflateSync } from "node:zlib";
import sharp from "sharp";

// Files that nobody may ever be shown, each by what is wrong with it.

const text = (words: string) => Buffer.from(words, "utf8");
const jpegMagic = Buffer.from([0xff, 0xd8, 0xff, 0xe0]);
const pngMagic = Buffer.from("\u0089PNG\r\n\u001a\n", "latin1");

function still(format: "jpeg" | "png" | "webp" | "gif" | "tiff" | "avif", width = 200, height = 150): Promise<Buffer> {
  return sharp({ create: { width, height, channels: 3, background: "#4a7" } })
    .toFormat(format)
    .toBuffer();
}

function animated(format: "gif" | "webp"): Promise<Buffer> {
  const frames = Buffer.alloc(60 * 60 * 3 * 3, 0).map((_, i) => (i * 7) % 256);
  return sharp(frames, { raw: { width: 60, height: 180, channels: 3, pageHeight: 60 } })
    .toFormat(format, { loop: 0 })
    .toBuffer();
}

function chunk(type: string, data: Buffer): Buffer {
  const body = Buffer.concat([Buffer.from(type, "latin1"), data]);
  const [length, sum] = [Buffer.alloc(4), Buffer.alloc(4)];
  length.writeUInt32BE(data.length);
  sum.writeUInt32BE(crc32(body));
  return Buffer.concat([length, body, sum]);
}

/** A PNG that says it is this large, with pixels for as many rows as it likes. Its colours are grey unless `shape` says otherwise. */
export function png(width: number, height: number, pixels: Buffer, shape = { bits: 8, color: 0, interlaced: false }): Buffer {
  const header = Buffer.alloc(13);
  header.writeUInt32BE(width, 0);
  header.writeUInt32BE(height, 4);
  header.set([shape.bits, shape.color, 0, 0, shape.interlaced ? 1 : 0], 8);
  return Buffer.concat([pngMagic, chunk("IHDR", header), chunk("IDAT", deflateSync(pixels)), chunk("IEND", Buffer.alloc(0))]);
}

function zip(name: string, content: Buffer): Buffer {
  const packed = deflateRawSync(content);
  const header = Buffer.alloc(30);
  header.write("PK\u0003\u0004", 0, "latin1");
  header.writeUInt16LE(20, 4);
  header.writeUInt16LE(8, 8);
  header.writeUInt32LE(crc32(content), 14);
  header.writeUInt32LE(packed.length, 18);
  header.writeUInt32LE(content.length, 22);
  header.writeUInt16LE(name.length, 26);
  return Buffer.concat([header, Buffer.from(name), packed]);
}

function changed(file: Buffer, change: (copy: Buffer) => void): Buffer {
  const copy = Buffer.from(file);
  change(copy);
  return copy;
}

const noise = (length: number) => Buffer.from(Array.from({ length }, (_, i) => (i * 2654435761) >>> 24));

/** A JPEG's size, in its frame header. */
function resized(jpeg: Buffer, width: number, height: number): Buffer {
  return changed(jpeg, (copy) => {
    const frame = copy.indexOf(Buffer.from([0xff, 0xc0]));
    copy.writeUInt16BE(height, frame + 5);
    copy.writeUInt16BE(width, frame + 7);
  });
}

export async function badFiles(): Promise<[string, Buffer][]> {
  const [jpegFile, pngFile, webpFile] = [await still("jpeg"), await still("png"), await still("webp")];
  const [gifFile, tiffFile, avifFile] = [await still("gif"), await still("tiff"), await still("avif")];
  const svg = `<svg xmlns="http://www.w3.org/2000/svg" width="200" height="200"><script>alert(1)</script><rect width="200" height="200"/></svg>`;
  return [
    ["nothing at all", Buffer.alloc(0)],
    ["one byte", Buffer.from([0xff])],
    ["zeros", Buffer.alloc(5000)],
    ["noise", noise(5000)],
    ["plain text", text("This is not a picture. ".repeat(50))],
    ["HTML", text("<!doctype html><script>alert(document.domain)</script>")],
    ["JavaScript", text("export const steal = () => fetch('//example.org');")],
    ["JSON", text(JSON.stringify({ kind: "photo" }))],
    ["XML with an outer entity", text(`<?xml version="1.0"?><!DOCTYPE a [<!ENTITY b SYSTEM "file:///etc/passwd">]><a>&b;</a>`)],
    ["SVG with a script", text(svg)],
    ["SVG behind an XML header", text(`<?xml version="1.0"?>${svg}`)],
    [
      "SVG that reads a file",
      text(`<svg xmlns="http://www.w3.org/2000/svg" width="99" height="99"><image href="file:///etc/passwd"/></svg>`),
    ],
    ["a shell script", text("#!/bin/sh\nrm -rf /tmp/x\n")],
    ["an ELF program", Buffer.concat([Buffer.from([0x7f, 0x45, 0x4c, 0x46, 2, 1, 1]), noise(3000)])],
    ["a Windows program", Buffer.concat([text("MZ"), noise(3000)])],
    ["a PDF", text("%PDF-1.7\n1 0 obj\n<< /Type /Catalog >>\nendobj\n%%EOF")],
    ["a zip", zip("a.txt", noise(2000))],
    ["a zip of a picture", zip("a.jpg", jpegFile)],
    ["a zip before a picture", Buffer.concat([zip("a.txt", noise(200)), jpegFile])],
    ["gzip", Buffer.concat([Buffer.from([0x1f, 0x8b, 8, 0]), noise(300)])],
    ["a still GIF", gifFile],
    ["an animated GIF", await animated("gif")],
    ["a GIF that is also JavaScript", Buffer.concat([text("GIF89a/*"), noise(50), text("*/=1;alert(1)")])],
    ["an animated WebP", await animated("webp")],
    ["a TIFF", tiffFile],
    ["half an AVIF", avifFile.subarray(0, avifFile.length >> 1)],
    ["a BMP", Buffer.concat([text("BM"), noise(2000)])],
    ["a HEIC header and noise", Buffer.concat([Buffer.from([0, 0, 0, 24]), text("ftypheic"), noise(2000)])],
    ["an ISO media file", Buffer.concat([Buffer.from([0, 0, 0, 24]), text("ftypmp42"), noise(2000)])],
    ["JPEG magic and noise", Buffer.concat([jpegMagic, noise(4000)])],
    ["JPEG magic alone", jpegMagic],
    ["JPEG magic and HTML", Buffer.concat([jpegMagic, text("<html><script>alert(1)</script></html>")])],
    ["PNG magic and noise", Buffer.concat([pngMagic, noise(4000)])],
    ["PNG magic alone", pngMagic],
    ["WebP magic and noise", Buffer.concat([text("RIFF"), noise(4), text("WEBP"), noise(4000)])],
    ["RIFF that is sound", Buffer.concat([text("RIFF"), noise(4), text("WAVEfmt "), noise(4000)])],
    ["half a JPEG", jpegFile.subarray(0, jpegFile.length >> 1)],
    ["a JPEG cut within its header", jpegFile.subarray(0, 120)],
    ["half a PNG", pngFile.subarray(0, pngFile.length >> 1)],
    ["a PNG with a wrong checksum", changed(pngFile, (copy) => void copy.writeUInt32BE(0, 29))],
    ["half a WebP", webpFile.subarray(0, webpFile.length >> 1)],
    ["a picture behind a byte", Buffer.concat([Buffer.from([0]), jpegFile])],
    ["a PNG that says 60,000 × 60,000", png(60_000, 60_000, Buffer.alloc(70_000))],
    ["a PNG that is 9,000 × 9,000 in a few kilobytes", png(9000, 9000, Buffer.alloc(9001 * 9000))],
    ["a PNG of no width", png(0, 100, Buffer.alloc(100))],
    ["a JPEG that says 65,500 × 65,500", resized(jpegFile, 65_500, 65_500)],
    ["a picture of one pixel", await still("png", 1, 1)],
    ["a picture 4,000 wide and 33 high", await still("png", 4000, 33)],
  ];
}
