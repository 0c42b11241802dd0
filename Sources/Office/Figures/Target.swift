/// A target of the plan with its own words, and what judges it. Targets are data (`targets.yaml`), as plans change.
public struct Target: Sendable, Equatable, Codable {
    /// `T5`.
    public var id: String
    /// What tables call it.
    public var title: String
    /// The plan's own words.
    public var words: String
    /// Whom it concerns, in words.
    public var scope: String
    /// Where the plan contradicts itself, in words for the reader; nil = it does not, or its thresholds say so.
    public var note: String?
    /// What is measured, one part at the least.
    public var parts: [Part]

    /// One figure that is judged.
    public struct Part: Sendable, Equatable, Codable {
        /// What indicators call it: `T9.1`; nil = the target's own id.
        public var id: String?
        /// What tables call it; nil = the target's title.
        public var name: String?
        /// Where the number comes from.
        public var from: Origin
        /// For case files: a row for each of these.
        public var by: Grouping?
        /// For case files by field: which fields; nil = all that no other target names.
        public var fields: [String]?
        /// For case files by unit: which units, by id. For indicators: who submits it.
        public var units: [String]?
        /// For indicators: the kinds of units that submit it.
        public var kinds: [String]?
        /// What is counted; nil = the share that was on time, or the indicator's.
        public var measure: Measure?
        /// How values of shorter periods make one of a longer; nil = `latest`.
        public var combine: Combination?
        /// What must be kept, by the plan's body and by its appendix.
        public var thresholds: [Threshold]
        /// What the plan strives for beyond that; not judged.
        public var aim: Bound?
    }

    /// Where a number comes from.
    public enum Origin: String, Sendable, Codable {
        /// The case files.
        case cases
        /// The register of issued documents.
        case register
        /// What units submit.
        case indicator
    }

    /// What case files are put together by.
    public enum Grouping: String, Sendable, Codable {
        /// A field of procedures.
        case field
        /// A unit.
        case unit
        /// All of them.
        case all
    }

    /// What is counted.
    public enum Measure: String, Sendable, Codable {
        /// Case files resolved on time or early, of those resolved.
        case onTime
        /// Case files resolved late, of those resolved.
        case late
        /// A rank: 1 is the best; the denominator says of how many.
        case rank
    }

    /// How values of shorter periods make one of a longer.
    public enum Combination: String, Sendable, Codable {
        /// They add up: what happens in a period.
        case sum
        /// The latest one stands: what is so far.
        case latest
    }

    /// What must be kept, and where the plan says so.
    public struct Threshold: Sendable, Equatable, Codable {
        /// A part of the plan.
        public enum Place: String, Sendable, Codable {
            /// The plan's body.
            case body
            /// The plan's appendix.
            case appendix
        }

        /// Which part of the plan says so.
        public var place: Place
        /// The article or row: `II.3.3`.
        public var source: String
        /// What it says.
        public var bound: Bound

        /// A threshold.
        public init(_ place: Place, source: String, bound: Bound) {
            self.place = place
            self.source = source
            self.bound = bound
        }

        /// Where the plan says so, in words: `II.3.3`, `phụ lục 3.12`.
        public var words: String {
            switch place {
            case .body: source.isEmpty ? "kế hoạch" : source
            case .appendix: source.isEmpty ? "phụ lục" : "phụ lục \(source)"
            }
        }
    }
}

extension Target.Part {
    /// The strictest of its thresholds, by which it is judged; of two that ask for the same, the first.
    public var strictest: Target.Threshold {
        thresholds.dropFirst().reduce(thresholds[0]) { $1.bound.isStricter(than: $0.bound) ? $1 : $0 }
    }

    /// Who submits an indicator: the units that it names and those of its kinds; nil = whoever does.
    func submitters(_ profile: OfficeProfile) -> [OfficeProfile.Unit]? {
        if units == nil, kinds == nil { return nil }
        return profile.units.filter { (units ?? []).contains($0.id) || (kinds ?? []).contains($0.kind) }
    }
}
