/** What a node of a tree divides by; or that it is a leaf, or free. */
export const AXIS = { free: -2, leaf: -1, x: 0, y: 1, z: 2, birthDay: 3, price: 4, bits: 5 } as const;
export type Axis = (typeof AXIS)[keyof typeof AXIS];

const GROWTH = 1.25;

/**
 * The nodes of all trees, a column per property. An inner node sends whoever is below `cut` on its axis to `left` (by bits: whoever has the
 * cut's bit). A leaf has a chain of chunks, of which only the first may be partly filled, and bounds that hold for everybody in it: they grow with whoever
 * comes, and are drawn tight again once as many have left as are there.
 */
export class LeafTable {
  axis: Int8Array = new Int8Array(0);
  cut: Float64Array = new Float64Array(0);
  /** Of an inner node its left child, of a leaf its first chunk. */
  left: Int32Array = new Int32Array(0);
  /** Of an inner node its right child, of a leaf how many people it holds. */
  right: Int32Array = new Int32Array(0);
  parent: Int32Array = new Int32Array(0);
  /** With more people than this, a leaf tries to divide. */
  divideAt: Int32Array = new Int32Array(0);
  removed: Int32Array = new Int32Array(0);
  /** Bounds of x, y, z and birth day, four per leaf. */
  least: Int32Array = new Int32Array(0);
  most: Int32Array = new Int32Array(0);
  /** Upper bounds of price, lengths and biases. */
  price: Float32Array = new Float32Array(0);
  isLength: Float32Array = new Float32Array(0);
  likesLength: Float32Array = new Float32Array(0);
  actorBias: Int16Array = new Int16Array(0);
  targetBias: Int16Array = new Int16Array(0);
  radiusKm: Uint16Array = new Uint16Array(0);
  /** Every bit that somebody there has. */
  wantsAndIntent: Uint8Array = new Uint8Array(0);
  acceptsAndGender: Uint8Array = new Uint8Array(0);
  /** Nodes ever made. */
  count = 0;
  #free = -1;

  static readonly columns = [
    ...["axis", "cut", "left", "right", "parent", "divideAt", "removed", "least", "most", "price", "isLength", "likesLength", "actorBias"],
    ...["targetBias", "radiusKm", "wantsAndIntent", "acceptsAndGender"],
  ] as const;

  /** A leaf without anybody. */
  add(parent: number): number {
    let node = this.#free;
    if (node >= 0) this.#free = this.left[node] as number;
    else {
      node = this.count++;
      if (node >= this.axis.length) this.reserve(Math.ceil((node + 64) * GROWTH));
    }
    this.axis[node] = AXIS.leaf;
    this.left[node] = -1;
    this.right[node] = 0;
    this.parent[node] = parent;
    this.divideAt[node] = 0;
    this.empty(node);
    return node;
  }

  free(node: number): void {
    this.axis[node] = AXIS.free;
    this.left[node] = this.#free;
    this.#free = node;
  }

  /** Makes a leaf's bounds those of nobody. */
  empty(node: number): void {
    this.least.fill(2 ** 31 - 1, node * 4, node * 4 + 4);
    this.most.fill(-(2 ** 31), node * 4, node * 4 + 4);
    this.removed[node] = 0;
    this.price[node] = 0;
    this.isLength[node] = 0;
    this.likesLength[node] = 0;
    this.actorBias[node] = -32_768;
    this.targetBias[node] = -32_768;
    this.radiusKm[node] = 0;
    this.wantsAndIntent[node] = 0;
    this.acceptsAndGender[node] = 0;
  }

  get firstFree(): number {
    return this.#free;
  }

  get bytes(): number {
    return this.axis.length * (1 + 8 + 5 * 4 + 2 * 16 + 3 * 4 + 3 * 2 + 2);
  }

  /** Room for so many nodes, with what a snapshot says about the free ones. */
  restore(count: number, firstFree: number): void {
    this.reserve(count);
    this.count = count;
    this.#free = firstFree;
  }

  reserve(nodes: number): void {
    const four = (array: Int32Array): Int32Array => grown(array, nodes * 4, Int32Array);
    [this.axis, this.cut] = [grown(this.axis, nodes, Int8Array), grown(this.cut, nodes, Float64Array)];
    [this.left, this.right] = [grown(this.left, nodes, Int32Array), grown(this.right, nodes, Int32Array)];
    [this.parent, this.divideAt] = [grown(this.parent, nodes, Int32Array), grown(this.divideAt, nodes, Int32Array)];
    [this.removed, this.least, this.most] = [grown(this.removed, nodes, Int32Array), four(this.least), four(this.most)];
    [this.price, this.isLength] = [grown(this.price, nodes, Float32Array), grown(this.isLength, nodes, Float32Array)];
    this.likesLength = grown(this.likesLength, nodes, Float32Array);
    [this.actorBias, this.targetBias] = [grown(this.actorBias, nodes, Int16Array), grown(this.targetBias, nodes, Int16Array)];
    this.radiusKm = grown(this.radiusKm, nodes, Uint16Array);
    this.wantsAndIntent = grown(this.wantsAndIntent, nodes, Uint8Array);
    this.acceptsAndGender = grown(this.acceptsAndGender, nodes, Uint8Array);
  }
}

type Column = Int8Array | Uint8Array | Int16Array | Uint16Array | Int32Array | Uint32Array | Float32Array | Float64Array;

/** The same numbers in a longer array. */
export function grown<T extends Column>(array: T, length: number, Kind: new (length: number) => T): T {
  const longer = new Kind(length);
  longer.set(array.subarray(0, length));
  return longer;
}
