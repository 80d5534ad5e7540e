import { copyFileSync, existsSync, linkSync, mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from "node:fs";
import path from "node:path";
import type { MediaId } from "@pendo/contract/ids";
import { DERIVATIVE_WIDTHS, derivativeKey } from "@pendo/core/rules/pictureKeys";
import { derive } from "@pendo/core/media/derive";
import { filesOf } from "@pendo/local/storage/diskFiles";
import * as z from "zod";
import { dice } from "../people/dice.ts";
import { cultures } from "../people/names.ts";
import type { Character } from "../people/personas.ts";
import type { Sitter } from "../people/looks.ts";
import { portrait } from "../people/portrait.ts";

/** How many pictures there are of one face: nobody has more photos. */
const SCENES = 4;
const OLD_AGE = 48;
const AT_ONCE = 3;

const Kept = z.object({ width: z.int(), height: z.int(), blur: z.string(), phash: z.string() });
/** One drawn picture, of which a profile's photo is a link. */
export type Print = z.infer<typeof Kept> & { readonly face: number; readonly scene: number };

export interface Album {
  /** As many different pictures of one face that suits the person. */
  photosFor(person: Character, seed: number): readonly Print[];
  /** Puts the files of a print where the storage looks for the photo's. */
  hang(print: Print, mediaId: MediaId): void;
}

export interface AlbumOptions {
  /** Where prints are kept from run to run. Photos are links to them, so they cost nothing. */
  readonly directory: string;
  /** The root of the storage. */
  readonly filesRoot: string;
  readonly faceCount: number;
  readonly onDrawn: (done: number, total: number) => void;
  readonly stopping: () => boolean;
}

/** Draws what the album lacks; a second run finds everything. Undefined where it was told to stop. */
export async function openAlbum(options: AlbumOptions): Promise<Album | undefined> {
  const { directory, filesRoot, faceCount, onDrawn, stopping } = options;
  mkdirSync(directory, { recursive: true });
  const faces = Array.from({ length: faceCount }, (_, face) => sitterOf(face));
  const wanted = faces.flatMap((sitter) => Array.from({ length: SCENES }, (_, scene) => ({ sitter, scene })));
  const prints: Print[] = [];
  let next = 0;
  const draw = async (): Promise<void> => {
    for (let job = wanted[next++]; job && !stopping(); job = wanted[next++]) {
      prints.push(await printed(directory, job.sitter, job.scene));
      onDrawn(prints.length, wanted.length);
    }
  };
  await Promise.all(Array.from({ length: AT_ONCE }, draw));
  if (prints.length < wanted.length) return undefined;

  const ofFace = Map.groupBy(
    prints.toSorted((a, b) => a.scene - b.scene),
    ({ face }) => face,
  );
  return {
    photosFor: (person, seed) => {
      const thrown = dice("photos", seed, person.n);
      const best = Math.max(...faces.map((sitter) => likeness(sitter, person)));
      const { face } = thrown.pick(faces.filter((sitter) => likeness(sitter, person) === best));
      return thrown.sample(ofFace.get(face) ?? [], person.photoCount);
    },
    hang: (print, mediaId) => {
      for (const width of DERIVATIVE_WIDTHS) {
        const [from, to] = [
          filesOf(directory, nameOf(print, width)),
          filesOf(filesRoot, derivativeKey({ id: mediaId, version: null }, width)),
        ];
        if (width === DERIVATIVE_WIDTHS[0]) mkdirSync(path.dirname(to.body), { recursive: true });
        shared(from.type, to.type);
        shared(from.body, to.body);
      }
    },
  };
}

/** Faces of women and men of all cultures in turn, every fourth of them older, every eleventh of somebody who is neither. */
function sitterOf(face: number): Sitter {
  const thrown = dice("sitter", face);
  const gender = face % 11 === 10 ? "nonbinary" : face % 2 === 0 ? "woman" : "man";
  const age = face % 8 >= 6 ? thrown.int(OLD_AGE, 70) : thrown.int(19, OLD_AGE - 4);
  return { face, gender, age, culture: cultures[(face >> 1) % cultures.length] ?? "english" };
}

function likeness(sitter: Sitter, person: Character): number {
  const sameGender = sitter.gender === person.gender ? 4 : 0;
  const sameAge = sitter.age >= OLD_AGE === person.age >= OLD_AGE ? 2 : 0;
  return sameGender + sameAge + (sitter.culture === person.culture ? 1 : 0);
}

async function printed(directory: string, sitter: Sitter, scene: number): Promise<Print> {
  const { face } = sitter;
  const about = path.join(directory, `${face}-${scene}.json`);
  if (existsSync(about)) return { face, scene, ...Kept.parse(JSON.parse(readFileSync(about, "utf8"))) };
  const picture = await derive(await portrait(sitter, scene));
  if ("unreadable" in picture || picture.phash === null) throw new Error(`Portrait ${face}-${scene} cannot be read as a picture.`);
  for (const { width, body } of picture.derivatives) {
    const files = filesOf(directory, nameOf({ face, scene }, width));
    writeFileSync(files.body, body, { mode: 0o600 });
    writeFileSync(files.type, "image/webp", { mode: 0o600 });
  }
  const { width, height, blur, phash } = picture;
  // The description comes last and at once: with it, everything is there.
  writeFileSync(`${about}.new`, JSON.stringify({ width, height, blur, phash } satisfies z.infer<typeof Kept>));
  renameSync(`${about}.new`, about);
  return { face, scene, width, height, blur, phash };
}

function nameOf({ face, scene }: { readonly face: number; readonly scene: number }, width: number): string {
  return `${face}-${scene}-${width}`;
}

/** A link where the file system has links, and one more of this file; otherwise a copy. */
function shared(from: string, to: string): void {
  try {
    linkSync(from, to);
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code === "EEXIST") rmSync(to);
    copyFileSync(from, to);
  }
}
