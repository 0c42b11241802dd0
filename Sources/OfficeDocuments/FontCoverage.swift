import CPangoCairo

/// The characters that a font has, of the planes that are written today.
struct FontCoverage: Sendable {
    private var words: [UInt64]

    /// Asks a font once for each character.
    init(_ font: UnsafeMutablePointer<PangoFont>) {
        words = [UInt64](repeating: 0, count: Self.end / 64)
        guard let coverage = pangocairo_coverage(font) else { return }
        defer { pangocairo_unref_coverage(coverage) }
        for value in 0..<Self.end where pango_coverage_get(coverage, gint(value)) != PANGO_COVERAGE_NONE {
            words[value >> 6] |= 1 << UInt64(value & 63)
        }
    }

    /// The basic plane, and those of emoji and of rarer Han characters, as Chữ Nôm has them.
    private static let end = 0x3_2000

    func contains(_ scalar: Unicode.Scalar) -> Bool {
        let value = Int(scalar.value)
        return value < Self.end && words[value >> 6] & (1 << UInt64(value & 63)) != 0
    }
}
