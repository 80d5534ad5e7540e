export interface VisionLabel {
  /** A name of Rekognition's moderation taxonomy, such as "Explicit Nudity". */
  readonly name: string;
  /** 0 to 100. */
  readonly confidence: number;
}

/** Looks at a picture and says what may be wrong with it. */
export interface Vision {
  moderationLabels(image: Uint8Array): Promise<VisionLabel[]>;
}
