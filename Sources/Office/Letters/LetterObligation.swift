/// A promise to a citizen that was not kept, for which an apology is owed (plan 04/KH-UBND, II.3.5: 100 % of late case files).
public struct LetterObligation: Sendable, Equatable {
    /// The case file and the promise.
    public var key: LetterKey
    /// The unit that was late.
    public var unit: String
    /// The day that was promised.
    public var due: LocalDate
    /// When the result was there; nil = it is not yet.
    public var resolvedOn: LocalDate?

    /// An obligation.
    public init(key: LetterKey, unit: String, due: LocalDate, resolvedOn: LocalDate?) {
        self.key = key
        self.unit = unit
        self.due = due
        self.resolvedOn = resolvedOn
    }

    /// The promises of a case file that were not kept, as it is known at the end of a day: the date that decides about
    /// lateness, and the new date where a letter has given one.
    /// - Parameter first: the day that the letter about the first promise bears; nil = there is none. One about a file that had
    ///   its result by then has promised nothing.
    public static func of(_ file: CaseFile, firstLetter first: LocalDate?, asOf date: LocalDate) -> [LetterObligation] {
        guard file.receivedOn <= date else { return [] }
        let state = file.state(asOf: date)
        guard state == .late || state == .pendingOverdue else { return [] }
        let resolvedOn = file.resolvedOn.flatMap { $0 <= date ? $0 : nil }
        func obligation(_ promise: Int, _ due: LocalDate) -> LetterObligation? {
            guard due < resolvedOn ?? date else { return nil }
            return LetterObligation(
                key: LetterKey(code: file.code, promise: promise), unit: file.unit, due: due, resolvedOn: resolvedOn)
        }
        let isPromised = first.map { first in file.resolvedOn.map { $0 > first } ?? true } ?? false
        let again = isPromised ? file.newPromise.flatMap { $0 > file.dueOn(asOf: date) ? $0 : nil } : nil
        return [obligation(1, file.dueOn(asOf: date)), again.flatMap { obligation(2, $0) }].compactMap { $0 }
    }
}
