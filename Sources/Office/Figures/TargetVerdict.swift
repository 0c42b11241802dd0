/// What a period's figures say about a target.
public struct TargetVerdict: Sendable, Equatable, Codable {
    /// What it comes to.
    public enum Verdict: String, Sendable, Codable {
        /// The target is met.
        case met
        /// It is not.
        case notMet
        /// There was nothing to count.
        case nothing
        /// Nobody has said.
        case noData

        /// As reports write it.
        public var words: String {
            switch self {
            case .met: "Đạt"
            case .notMet: "Không đạt"
            case .nothing: "Không phát sinh"
            case .noData: "Chưa có số liệu"
            }
        }
    }

    /// `T5`.
    public var target: String
    /// The part's name: `T9.1`.
    public var part: String
    /// What tables call it.
    public var title: String
    /// The field or unit that it is about, or all of the office.
    public var subject: String
    /// Where the number comes from.
    public var origin: Target.Origin
    /// What is counted.
    public var measure: Target.Measure
    /// What the plan asks for, in its body and its appendix.
    public var thresholds: [Target.Threshold]
    /// The strictest of them.
    public var judgedBy: Target.Threshold
    /// The number; nil = nobody has said.
    public var value: Share?
    /// The number of the period before.
    public var before: Share?
    /// What it comes to.
    public var verdict: Verdict
    /// The units that should have said something and have not.
    public var missing: [String]
    /// How many should have.
    public var expected: Int
    /// The shorter periods that the number was taken from, where the period has none of its own.
    public var basis: [String]

    init(
        _ target: Target, _ part: Target.Part, subject: String, value: Share?, before: Share?, missing: [String] = [],
        expected: Int = 0, basis: [String] = []
    ) {
        self.target = target.id
        self.part = part.id ?? target.id
        title = part.name ?? target.title
        self.subject = subject
        origin = part.from
        measure = part.measure ?? .onTime
        thresholds = part.thresholds
        judgedBy = part.strictest
        self.value = value
        self.before = before
        self.missing = missing
        self.expected = expected
        self.basis = basis
        verdict = Self.judge(value, by: part.thresholds.map(\.bound), isRank: part.measure == .rank)
    }

    /// The strictest of several bounds is kept exactly when each of them is.
    private static func judge(_ value: Share?, by bounds: [Bound], isRank: Bool) -> Verdict {
        guard let value else { return .noData }
        if isRank { return bounds.allSatisfy { $0.isKept(byRank: value.numerator) } ? .met : .notMet }
        let kept = bounds.map { $0.isKept(by: value) }
        return kept.contains(nil) ? .nothing : kept.allSatisfy { $0 == true } ? .met : .notMet
    }

    /// The plan says two things about it.
    public var contradicts: Bool { Set(thresholds.map(\.bound.description)).count > 1 }

    /// The number as a cell shows it.
    public var valueText: String {
        guard let value else { return "–" }
        if measure == .rank { return "\(value.numerator)" + (value.isEmpty ? "" : "/\(value.denominator)") }
        return judgedBy.bound.text(of: value)
    }

    /// What is asked for, as a cell shows it; where body and appendix differ, both.
    public var boundText: String {
        let isRank = measure == .rank
        guard contradicts else { return judgedBy.bound.words(isRank: isRank) }
        var words: [(bound: String, sources: [String])] = []
        for threshold in thresholds {
            let bound = threshold.bound.words(isRank: isRank)
            if let index = words.firstIndex(where: { $0.bound == bound }) {
                words[index].sources.append(threshold.words)
            } else {
                words.append((bound, [threshold.words]))
            }
        }
        return words.map { "\($0.bound) (\($0.sources.joined(separator: ", ")))" }.joined(separator: "; ")
    }

    /// The change against the period before, as a cell shows it.
    public var changeText: String {
        guard let value, let before else { return "–" }
        if measure == .rank {
            let steps = before.numerator - value.numerator
            return steps == 0 ? "0" : (steps > 0 ? "+" : "-") + "\(abs(steps)) bậc"
        }
        return value.change(since: before)?.cell ?? "–"
    }

    /// The change against the period before stands on very few case files, of now or of then. Indicators count what there is,
    /// such as ten wards, and are never few.
    public var comparesFew: Bool {
        guard origin != .indicator, measure != .rank, let value, let before, value.change(since: before) != nil else {
            return false
        }
        return value.isOfFew || before.isOfFew
    }

    /// The verdict as a cell shows it: provisional while units have not said anything.
    public var verdictText: String {
        let isOpen = !missing.isEmpty && verdict != .noData
        return verdict.words + (isOpen ? " (tạm tính, \(expected - missing.count)/\(expected) đơn vị)" : "")
    }
}
