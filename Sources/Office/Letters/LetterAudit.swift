/// Whether every late case file has its apology (plan 04/KH-UBND, II.3.5: 100 %): each late promise of a period beside its
/// letter, the letter's number and what became of it.
public struct LetterAudit: Sendable {
    /// What an obligation came to.
    public enum Verdict: String, Sendable, Codable {
        /// It has one letter.
        case apologised
        /// It has none.
        case missing
        /// It has more than one number.
        case doubled
        /// It has one that has not gone, or came back.
        case unsent
        /// It has one, and nobody knows whether it went.
        case uncertain
    }

    /// A late promise and its letter.
    public struct Row: Sendable {
        /// What was owed.
        public var obligation: LetterObligation
        /// What it came to.
        public var verdict: Verdict
        /// The letter's number; nil = there is none.
        public var number: Int?
        /// The day that the letter bears.
        public var dated: LocalDate?
        /// The day, in Viet Nam, on which the chain gave it its number.
        public var issuedOn: LocalDate?
        /// The day, in Viet Nam, on which it went; nil = it has not.
        public var wentOn: LocalDate?
        /// What became of the letter; nil = there is none.
        public var step: LetterStep?
        /// What the letter waits for, as “lý do trễ hạn”; empty = nothing.
        public var lacks: String

        /// The day on which the apology counts as given, in the audit and in reports alike; nil = there is no letter.
        public var countsOn: LocalDate? { dated.map { LetterAudit.day(dated: $0, numberedOn: issuedOn) } }

        /// The letter bears the promised day or an earlier one, and went by then. Decision 5157/QĐ-UBND has the citizen told at
        /// the latest on that day, and a letter that lies in the office tells nobody.
        public var isInTime: Bool { isNumberedInTime && (wentOn.map { $0 <= obligation.due } ?? false) }

        /// The letter bears the promised day or an earlier one, and had its number by then, whenever it went: the decision
        /// does not say which day of a letter counts.
        public var isNumberedInTime: Bool { countsOn.map { $0 <= obligation.due } ?? false }

        /// The letter bears an earlier day than the one on which it got its number.
        public var isBackdated: Bool { dated.flatMap { dated in issuedOn.map { dated < $0 } } ?? false }
    }

    /// The first day of the period: of promises.
    public let start: LocalDate
    /// Its last day.
    public let end: LocalDate
    /// The day as of which it was looked at. Steps of letters are those of now.
    public let asOf: LocalDate
    /// By unit, promised day and code.
    public let rows: [Row]
    /// How many case files there are in them.
    public let caseFiles: Int
    /// The number of the last line of the register's chain, and its hash: whoever has both can check that nothing before
    /// was changed since.
    public let chainLine: Int
    /// 64 hexadecimal digits.
    public let chainHash: String
    /// Numbers, letters and steps that do not agree with the chain, and files that are not the letters, in words; empty = they
    /// tell the same.
    public let strangers: [String]

    /// Looks at a register.
    /// - Parameters:
    ///   - start: promises from this day on.
    ///   - end: up to this one.
    ///   - asOf: promises that were broken later are not known, nor letters that bear a later day.
    ///   - since: promises before it are not looked at, as no letter is written about them; nil = all are.
    ///   - deliveries: what the print tray and the records of mail tell otherwise than the register (`DeliveryAudit`).
    /// - Throws: `OfficeError.register`, as where the chain is broken.
    public init(
        _ register: Register, from start: LocalDate, to end: LocalDate, asOf: LocalDate, since: LocalDate? = nil,
        deliveries: [String] = []
    ) throws(OfficeError) {
        self.start = start
        self.end = end
        self.asOf = asOf
        let (chain, disagreements, numberedOn) = try register.look()
        chainLine = chain.last?.number ?? 0
        chainHash = chain.last?.hash ?? ""
        strangers = disagreements + deliveries
        let facts = try Facts(register, numberedOn, asOf: asOf)
        let first = max(start, since ?? start)
        let owed = try register.cases().flatMap { file in
            LetterObligation.of(
                file, firstLetter: facts.letters[LetterKey(code: file.code, promise: 1)]?.dated, asOf: asOf)
        }.filter { first <= $0.due && $0.due <= end }
            .sorted { ($0.unit, $0.due, $0.key.code) < ($1.unit, $1.due, $1.key.code) }
        rows = owed.map { facts.row($0) }
        caseFiles = Set(owed.map(\.key.code)).count
    }

    /// How many obligations came to a verdict.
    public func count(_ verdict: Verdict) -> Int { rows.count { $0.verdict == verdict } }

    /// How many letters there are.
    public var letters: Int { rows.count { $0.number != nil } }

    /// How many of them bear the promised day or an earlier one, and went by then.
    public var inTime: Int { rows.count(where: \.isInTime) }

    /// The day on which an apology counts as given: the one that its letter bears, or that of its number where the number was
    /// given later. A letter cannot be given before it has one.
    static func day(dated: LocalDate, numberedOn: LocalDate?) -> LocalDate { max(dated, numberedOn ?? dated) }

    /// How many letters came back and have not gone out again.
    public var returned: Int { rows.count { $0.verdict == .unsent && $0.step?.state == .returned } }
    /// How many of them bear the promised day or an earlier one, and had their numbers by then.
    public var numberedInTime: Int { rows.count(where: \.isNumberedInTime) }

    /// How many bear an earlier day than the one on which they got their numbers.
    public var backdated: Int { rows.count(where: \.isBackdated) }

    /// Every late promise has one letter that went out, and the register's chain, its files and its receipts agree. What is
    /// uncertain is not missing, and not sent either: until a person has decided, nobody can say that the citizen was told.
    public var isWhole: Bool {
        count(.missing) == 0 && count(.doubled) == 0 && count(.unsent) == 0 && count(.uncertain) == 0
            && strangers.isEmpty
    }

    private struct Facts {
        let letters: [LetterKey: DocumentEntry]
        let steps: [String: [LetterStep]]
        let given: [String: [LocalDate]]
        let lacks: [String: String]

        init(_ register: Register, _ given: [String: [LocalDate]], asOf: LocalDate) throws(OfficeError) {
            var letters: [LetterKey: DocumentEntry] = [:]
            for entry in try register.documents(kind: "letter") where entry.dated <= asOf {
                if let key = LetterKey(entry.key) { letters[key] = entry }
            }
            self.letters = letters
            steps = try register.letterSteps()
            self.given = given
            lacks = Dictionary(try register.needsData(upTo: asOf).map { ($0.code, $0.what) }) { first, _ in first }
        }

        /// The last time that it went: a mail that came back told nobody.
        private func went(_ key: LetterKey) -> LocalDate? {
            let steps = steps["\(key)"] ?? []
            guard steps.last?.isOut == true else { return nil }
            return (steps.last { $0.state == .sent } ?? steps.last)?.day
        }

        func row(_ obligation: LetterObligation) -> Row {
            let entry = letters[obligation.key]
            let step = steps["\(obligation.key)"]?.last
            let verdict: Verdict =
                if entry == nil {
                    .missing
                } else if given["\(obligation.key)", default: []].count > 1 {
                    .doubled
                } else if step?.state.isUnsent ?? true {
                    .unsent
                } else {
                    step?.state.isInDoubt == true ? .uncertain : .apologised
                }
            return Row(
                obligation: obligation, verdict: verdict, number: entry?.number, dated: entry?.dated,
                issuedOn: entry == nil ? nil : given["\(obligation.key)"]?.first,
                wentOn: entry == nil ? nil : went(obligation.key),
                step: entry == nil ? nil : step, lacks: entry == nil ? lacks[obligation.key.code] ?? "" : "")
        }
    }
}
