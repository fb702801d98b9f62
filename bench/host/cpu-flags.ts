/**
 * What the CPU has for cryptography. Names are those of /proc/cpuinfo, which the kernel documents in arch/x86/cpuinfo.rst
 * and arch/arm64/elf_hwcaps.rst; which of them matter follows OPENSSL_ia32cap(3) and OPENSSL_armcap(3).
 */
import type { Tree } from './tree.ts'

const MATTER = new Set([
  // AES-GCM, of encrypted tokens.
  ...['aes', 'pclmulqdq', 'vaes', 'vpclmulqdq', 'gfni', 'pmull', 'sveaes', 'svepmull'],
  // SHA-2, of HMAC and of every signature.
  ...['sha_ni', 'sha512', 'sha1', 'sha2', 'sha3', 'ssse3', 'avx', 'avx2'],
  // Long numbers, of RSA and of curves.
  ...['bmi2', 'adx', 'avx512f', 'avx512ifma', 'avx_ifma', 'asimd', 'sve', 'sve2'],
  // Keys and ids.
  ...['rdrand', 'rdseed', 'rng'],
])

/** Those of them that every CPU has, sorted; null where /proc/cpuinfo does not name any. */
export function cryptoFlags(tree: Tree): string[] | null {
  const lines = tree.text('/proc/cpuinfo')?.match(/^(flags|Features)\s*:.*$/gm) ?? []
  const [first, ...others] = lines.map((line) => new Set(line.split(/\s+/)))
  if (!first) return null
  return [...first].filter((flag) => MATTER.has(flag) && others.every((cpu) => cpu.has(flag))).sort()
}
