/// A bound that a figure must keep: `>= 98`, `< 2`. Per cent with at most two decimals, or a rank.
public struct Bound: Sendable, Equatable, Codable, LosslessStringConvertible {
    /// How a figure is compared.
    public enum Comparison: String, Sendable, CaseIterable {
        /// At least.
        case atLeast = ">="
        /// More than.
        case moreThan = ">"
        /// At most.
        case atMost = "<="
        /// Less than.
        case lessThan = "<"
    }

    /// How a figure is compared.
    public var comparison: Comparison
    /// The bound in hundredths: 98 % is 9,800.
    public var hundredths: Int

    /// A bound.
    public init(_ comparison: Comparison, hundredths: Int) {
        self.comparison = comparison
        self.hundredths = hundredths
    }

    /// Reads `>= 98`, `> 97.5`, `< 2`.
    public init?(_ text: String) {
        let parts = text.split(separator: " ")
        guard parts.count == 2, let comparison = Comparison(rawValue: String(parts[0])) else { return nil }
        let number = parts[1].split(separator: ".", omittingEmptySubsequences: false)
        guard number.count <= 2, number.allSatisfy({ !$0.isEmpty && $0.allSatisfy(\.isASCIIDigit) }),
            number[0].count <= 6, let whole = Int(number[0])
        else { return nil }
        let fraction = number.count == 2 ? number[1] : "0"
        guard fraction.count <= 2, let part = Int(fraction) else { return nil }
        self.init(comparison, hundredths: whole * 100 + (fraction.count == 1 ? part * 10 : part))
    }

    /// As it is read.
    public var description: String {
        let fraction = hundredths % 100
        let digits = fraction < 10 ? "0\(fraction)" : "\(fraction)"
        let decimals = fraction == 0 ? "" : "." + (fraction.isMultiple(of: 10) ? "\(fraction / 10)" : digits)
        return "\(comparison.rawValue) \(hundredths / 100)" + decimals
    }

    /// Whether a share keeps it, compared in whole numbers; nil where nothing occurred.
    public func isKept(by share: Share) -> Bool? {
        share.isEmpty ? nil : holds(Int128(share.numerator) * 10_000, Int128(hundredths) * Int128(share.denominator))
    }

    /// Whether a rank keeps it.
    public func isKept(byRank rank: Int) -> Bool { holds(Int128(rank) * 100, Int128(hundredths)) }

    private func holds(_ value: Int128, _ bound: Int128) -> Bool {
        switch comparison {
        case .atLeast: value >= bound
        case .moreThan: value > bound
        case .atMost: value <= bound
        case .lessThan: value < bound
        }
    }

    /// The figure must stay low.
    public var isCeiling: Bool { comparison == .atMost || comparison == .lessThan }

    /// The same bound for the share that is left: late under 2 % is on time above 98 %.
    public var ofTheRest: Bound {
        let comparison: Comparison =
            switch self.comparison {
            case .atLeast: .atMost
            case .moreThan: .lessThan
            case .atMost: .atLeast
            case .lessThan: .moreThan
            }
        return Bound(comparison, hundredths: 10_000 - hundredths)
    }

    /// Whether it asks for more than another bound of the same side; two that ask for the same are not stricter than each
    /// other.
    public func isStricter(than other: Bound) -> Bool {
        if hundredths != other.hundredths {
            return isCeiling ? hundredths < other.hundredths : hundredths > other.hundredths
        }
        let strict: Set<Comparison> = [.moreThan, .lessThan]
        return strict.contains(comparison) && !strict.contains(other.comparison)
    }

    /// `≥ 98%`, `< 2%`; a rank without the sign.
    public func words(isRank: Bool = false) -> String {
        let sign =
            switch comparison {
            case .atLeast: hundredths == 10_000 && !isRank ? "" : "≥ "
            case .moreThan: "> "
            case .atMost: "≤ "
            case .lessThan: "< "
            }
        return sign + FigureText.decimal(hundredths, 2) + (isRank ? "" : "%")
    }

    /// A share as it is shown beside the bound: with as many decimals, from two to six, as it takes to see on which side
    /// of the bound it is.
    public func text(of share: Share) -> String {
        guard !share.isEmpty else { return share.text() }
        let kept = isKept(by: share)
        for decimals in 2...6 {
            let shown = share.scaled(decimals: decimals, up: isCeiling)
            var scale = 1
            for _ in 0..<decimals { scale *= 10 }
            if isKept(by: Share(shown, of: 100 * scale)) == kept {
                return FigureText.decimal(shown, decimals) + "%"
            }
        }
        return share.text(up: isCeiling)
    }

    /// Reads its text.
    public init(from decoder: any Decoder) throws {
        let container = try decoder.singleValueContainer()
        let text = try container.decode(String.self)
        guard let bound = Bound(text) else {
            throw DecodingError.dataCorruptedError(
                in: container, debugDescription: "“\(text)” is not a bound such as “>= 98”, “> 50” or “< 2”")
        }
        self = bound
    }

    /// Writes its text.
    public func encode(to encoder: any Encoder) throws {
        var container = encoder.singleValueContainer()
        try container.encode(description)
    }
}
