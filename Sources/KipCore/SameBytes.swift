#if canImport(Glibc)
    import Glibc
#endif

extension [UInt8] {
    /// Whether it has the same bytes as another. (`==` compares them one by one, through a function call each where the compiler
    /// does not optimize: payloads have up to a MiB.)
    package func hasSameBytes(as other: [UInt8]) -> Bool {
        guard count == other.count else { return false }
        return withUnsafeBytes { mine in
            other.withUnsafeBytes { theirs in
                guard let first = mine.baseAddress, let second = theirs.baseAddress else { return mine.isEmpty }
                return memcmp(first, second, mine.count) == 0
            }
        }
    }
}
