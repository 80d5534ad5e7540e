import sharp from "sharp";
import { dice } from "./dice.ts";
import { type Looks, looksOf, type Sitter } from "./looks.ts";
import { features } from "./portraitFace.ts";
import { hairBehind, hairInFront } from "./portraitHair.ts";
import { background, clothes } from "./portraitScene.ts";

export const PORTRAIT = { widthPx: 600, heightPx: 800 } as const;

/** The drawing of a person in a scene. Scenes are counted from 0. */
export function portraitSvg(sitter: Sitter, scene: number): string {
  const looks = looksOf(sitter);
  const thrown = dice("scene", sitter.face, scene);
  const scale = 0.82 + thrown.next() * 0.42;
  const place = `translate(${300 + thrown.int(-95, 95)} ${405 + thrown.int(-60, 75)}) rotate(${thrown.int(-9, 9)}) scale(${scale.toFixed(3)})`;
  const { widthPx, heightPx } = PORTRAIT;
  return `<svg xmlns="http://www.w3.org/2000/svg" width="${widthPx}" height="${heightPx}" viewBox="0 0 600 800">
${background(thrown)}
<g transform="${place}">
${hairBehind(looks)}
${clothes(thrown, looks)}
${head(looks)}
${features(looks, thrown)}
${hairInFront(looks, thrown)}
</g>
</svg>`;
}

/** A portrait as a telephone would send it: a JPEG file of 600 × 800 pixels. */
export async function portrait(sitter: Sitter, scene: number): Promise<Uint8Array> {
  const file = await sharp(Buffer.from(portraitSvg(sitter, scene)))
    .jpeg({ quality: 84 })
    .toBuffer();
  return new Uint8Array(file);
}

/** A picture that the local stand-in of a classifier refuses, as it refuses the same one everywhere: flat magenta. */
export async function testCard(): Promise<Uint8Array> {
  const { widthPx: width, heightPx: height } = PORTRAIT;
  return new Uint8Array(
    await sharp({ create: { width, height, channels: 3, background: "#ff00ff" } })
      .jpeg({ quality: 95 })
      .toBuffer(),
  );
}

function head({ skin, shade, rx, ry }: Looks): string {
  return `<path d="M-46 60 V165 Q0 200 46 165 V60 Z" fill="${shade}"/>
<ellipse cx="${-rx}" cy="8" rx="17" ry="26" fill="${shade}"/><ellipse cx="${rx}" cy="8" rx="17" ry="26" fill="${skin}"/>
<path d="M${-rx} -20 C${-rx} ${-ry - 24} ${rx} ${-ry - 24} ${rx} -20 C${rx} ${ry * 0.72} ${rx * 0.46} ${ry} 0 ${ry} C${-rx * 0.46} ${ry} ${-rx} ${ry * 0.72} ${-rx} -20 Z" fill="${skin}"/>
<path d="M${-rx} -20 C${-rx} ${-ry - 24} ${-rx * 0.2} ${-ry - 18} 0 ${-ry + 4} C${-rx * 0.75} -60 ${-rx * 0.75} 70 0 ${ry} C${-rx * 0.46} ${ry} ${-rx} ${ry * 0.72} ${-rx} -20 Z" fill="${shade}" opacity=".28"/>`;
}
