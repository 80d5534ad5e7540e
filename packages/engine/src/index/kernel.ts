import { KERNEL_BASE64 } from "./kernelBinary.ts";
import type { EngineMemory } from "./memory.ts";
import { type Kernel, plainKernel } from "./plainKernel.ts";
import { webAssembly } from "./webAssembly.ts";

export type KernelKind = "wasm" | "plain";

let compiled: object | undefined;

/** The kernel on this memory: WebAssembly with SIMD, or plain JavaScript with the same answers where that is asked for or SIMD is missing. */
export function kernelOn(memory: EngineMemory, kind?: KernelKind): { readonly kernel: Kernel; readonly kind: KernelKind } {
  if (kind === "plain") return { kernel: plainKernel(memory), kind };
  const binary = Uint8Array.from(atob(KERNEL_BASE64), (letter) => letter.charCodeAt(0));
  if (kind === undefined && !webAssembly.validate(binary)) return { kernel: plainKernel(memory), kind: "plain" };
  compiled ??= new webAssembly.Module(binary);
  const { exports } = new webAssembly.Instance(compiled, { env: { memory: memory.wasm } });
  return { kernel: exports as unknown as Kernel, kind: "wasm" };
}
