#if canImport(Glibc)
    import Glibc
#endif

/// Random bits of the kernel, many at a time (getentropy(3), which gives 256 bytes at the most).
enum RandomWords {
    private static let count = 32

    /// At least one word.
    static func make() -> [UInt64] {
        [UInt64](unsafeUninitializedCapacity: count) { words, made in
            if let start = words.baseAddress, getentropy(start, count * 8) == 0 {
                made = count
            } else {
                words[0] = .random(in: 0...UInt64.max)
                made = 1
            }
        }
    }
}
