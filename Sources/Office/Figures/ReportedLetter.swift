/// A letter about the first promise of a case file, as reports count it. One that has not gone out is none.
public struct ReportedLetter: Sendable, Equatable, Codable {
    /// The day on which the apology counts as given: `LetterAudit.Row.countsOn`.
    public var day: LocalDate
    /// It came back, and has not gone out again.
    public var isReturned: Bool

    /// A letter.
    public init(day: LocalDate, isReturned: Bool = false) {
        self.day = day
        self.isReturned = isReturned
    }
}
