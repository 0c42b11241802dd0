/// What a unit says of an indicator for a period.
public struct IndicatorValue: Sendable, Equatable, Codable {
    /// The unit's id.
    public var unit: String
    /// The indicator's name: `T9.1`.
    public var indicator: String
    /// The period's name: `2024-Q1`.
    public var period: String
    /// What was counted; for a rank, the rank.
    public var numerator: Int
    /// Of how many; 0 = nothing occurred.
    public var denominator: Int
    /// The day on which the office got it: a report of an earlier day does not know it.
    public var receivedOn: LocalDate

    /// A value.
    public init(
        unit: String, indicator: String, period: String, numerator: Int, denominator: Int, receivedOn: LocalDate
    ) {
        self.unit = unit
        self.indicator = indicator
        self.period = period
        self.numerator = numerator
        self.denominator = denominator
        self.receivedOn = receivedOn
    }
}
