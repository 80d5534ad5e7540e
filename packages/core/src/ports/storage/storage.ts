export interface UploadForm {
  readonly url: string;
  /** Hidden fields to post before the file (multipart/form-data, the file last, named `file`). */
  readonly fields: Readonly<Record<string, string>>;
}

export interface StoredObject {
  readonly body: Uint8Array;
  readonly contentType: string;
}

/** Files: S3's presigned forms and signed addresses, or the same on a disk. */
export interface Storage {
  /** A form that lets its holder upload one file of this type and at most this size to this key. */
  uploadForm(upload: { key: string; contentType: string; bytesMax: number; expiresSec: number }): Promise<UploadForm>;
  put(key: string, body: Uint8Array, contentType: string): Promise<void>;
  get(key: string): Promise<StoredObject | null>;
  head(key: string): Promise<{ bytes: number; contentType: string } | null>;
  remove(keys: readonly string[]): Promise<void>;
  /** An address that anybody can read until it expires. It stays the same for a while, so that browsers can cache. */
  url(key: string, expiresSec: number): Promise<string>;
  ping(): Promise<void>;
}
