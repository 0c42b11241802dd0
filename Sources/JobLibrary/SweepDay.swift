import KipCore
import Office

/// The days for which a sweep may be asked: up to tomorrow, as clocks differ. A slip of the year would number letters of a
/// year that has not come.
enum SweepDay {
    /// Nil = the day is one.
    static func refusal(_ date: LocalDate) -> Outcome? {
        date <= LocalDate.today.adding(days: 1)
            ? nil : .discard(reason: "\(date) has not come yet: a sweep is of a day up to today")
    }
}
