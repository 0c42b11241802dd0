/// A part of a whole, kept as two whole numbers: it is never rounded before it is compared.
public struct Share: Sendable, Equatable, Codable {
    /// What was counted. From 0.
    public var numerator: Int
    /// Of how many; 0 = nothing occurred.
    public var denominator: Int

    /// A share.
    public init(_ numerator: Int, of denominator: Int) {
        self.numerator = numerator
        self.denominator = denominator
    }

    /// Nothing occurred: there is no rate.
    public var isEmpty: Bool { denominator == 0 }

    /// Two shares of different wholes put together.
    public static func + (left: Share, right: Share) -> Share {
        Share(left.numerator + right.numerator, of: left.denominator + right.denominator)
    }

    /// Of so few that one more or less moves the rate by several points: a comparison with it says little.
    public var isOfFew: Bool { denominator > 0 && denominator < Self.few }
    /// A thirtieth is more than three percentage points.
    public static let few = 30

    /// In per cent, for charts; nil where nothing occurred.
    public var percent: Double? { isEmpty ? nil : Double(numerator) * 100 / Double(denominator) }

    /// Per cent cut to two decimals, as texts show it; nil where nothing occurred.
    public var cutPercent: Double? { isEmpty ? nil : Double(scaled(decimals: 2, up: false)) / 100 }

    /// Cut to so many decimals of a per cent, downwards or upwards, in units of the last decimal.
    func scaled(decimals: Int, up: Bool) -> Int {
        var scale: Int128 = 100
        for _ in 0..<decimals { scale *= 10 }
        let product = Int128(numerator) * scale
        let whole = Int128(denominator)
        return Int(clamping: up ? (product + whole - 1) / whole : product / whole)
    }

    /// `98,5%`: cut, never rounded up, so that 99.996 % does not read as 100 %.
    /// - Parameter up: the other way about, for a share that must stay low.
    public func text(up: Bool = false) -> String {
        isEmpty ? "Không phát sinh" : FigureText.decimal(scaled(decimals: 2, up: up), 2) + "%"
    }

    /// What it gained since an earlier share, in hundredths of a percentage point, rounded half away from zero; nil where
    /// one of the two is empty.
    public func change(since earlier: Share?) -> Change? {
        guard let earlier, !isEmpty, !earlier.isEmpty else { return nil }
        let now = Int128(numerator) * Int128(earlier.denominator)
        let then = Int128(earlier.numerator) * Int128(denominator)
        let whole = Int128(denominator) * Int128(earlier.denominator)
        let difference = (now - then) * 10_000
        let half = difference < 0 ? -(whole / 2) : whole / 2
        return Change(hundredths: Int(clamping: (difference + half) / whole), isExactlyNone: difference == 0)
    }

    /// A change in percentage points.
    public struct Change: Sendable, Equatable, Codable {
        /// Hundredths of a percentage point, rounded.
        public var hundredths: Int
        /// Nothing changed, not even what rounding hides.
        public var isExactlyNone: Bool

        /// `giảm 0,4 điểm phần trăm`, `không đổi`.
        public var words: String {
            if isExactlyNone { return "không đổi" }
            if hundredths == 0 { return "thay đổi dưới 0,01 điểm phần trăm" }
            return (hundredths > 0 ? "tăng " : "giảm ") + FigureText.decimal(abs(hundredths), 2)
                + " điểm phần trăm"
        }

        /// For a cell: `+0,4`, `-1,25`, `0`.
        public var cell: String {
            (hundredths > 0 ? "+" : "") + FigureText.decimal(hundredths, 2)
        }
    }
}
