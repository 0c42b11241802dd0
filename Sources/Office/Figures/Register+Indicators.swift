import Foundation
import GRDB

extension Register {
    static let indicatorsTable = """
        CREATE TABLE indicators (
            number INTEGER NOT NULL PRIMARY KEY,
            unit TEXT NOT NULL,
            indicator TEXT NOT NULL,
            period TEXT NOT NULL,
            numerator INTEGER NOT NULL,
            denominator INTEGER NOT NULL,
            received_on TEXT NOT NULL
        ) STRICT;
        CREATE INDEX indicators_by_key ON indicators (unit, indicator, period, received_on, number);
        """

    /// Writes down what units say, all in one transaction. A later word stands; the earlier ones stay as history. What says
    /// the same as the word that stands is not written again.
    /// - Throws: `OfficeError.register`; then nothing was written.
    public func importIndicators(_ values: [IndicatorValue]) throws(OfficeError) -> ImportCount {
        try write { db in
            var count = ImportCount()
            for value in values {
                let present = try Row.fetchOne(
                    db,
                    sql: """
                        SELECT numerator, denominator FROM indicators
                        WHERE unit = ? AND indicator = ? AND period = ? AND received_on <= ?
                        ORDER BY received_on DESC, number DESC LIMIT 1
                        """,
                    arguments: [value.unit, value.indicator, value.period, value.receivedOn.description])
                if let present, present["numerator"] == value.numerator, present["denominator"] == value.denominator {
                    count.unchanged += 1
                    continue
                }
                try db.execute(
                    sql: """
                        INSERT INTO indicators (unit, indicator, period, numerator, denominator, received_on)
                        VALUES (?, ?, ?, ?, ?, ?)
                        """,
                    arguments: [
                        value.unit, value.indicator, value.period, value.numerator, value.denominator,
                        value.receivedOn.description,
                    ])
                if present == nil { count.inserted += 1 } else { count.updated += 1 }
            }
            return count
        }
    }

    /// What units have said by a day, by unit, indicator and period, the earlier word first.
    /// - Parameter history: every word; else only the ones that stand.
    public func indicators(
        asOf date: LocalDate, history: Bool = false
    ) throws(OfficeError) -> [IndicatorValue] {
        let all = try read { db in
            try Row.fetchAll(
                db,
                sql: """
                    SELECT * FROM indicators WHERE received_on <= ?
                    ORDER BY unit, indicator, period, received_on, number
                    """, arguments: [date.description]
            ).map { row in
                IndicatorValue(
                    unit: row["unit"], indicator: row["indicator"], period: row["period"],
                    numerator: row["numerator"], denominator: row["denominator"],
                    receivedOn: LocalDate(row["received_on"] as String) ?? date)
            }
        }
        if history { return all }
        return all.indices.filter { index in
            guard index + 1 < all.count else { return true }
            let (this, next) = (all[index], all[index + 1])
            return (this.unit, this.indicator, this.period) != (next.unit, next.indicator, next.period)
        }.map { all[$0] }
    }
}
