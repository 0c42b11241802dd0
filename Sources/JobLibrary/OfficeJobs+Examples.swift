import KipCore
import Office

// Examples of the office's kinds, for people who enqueue them by hand (“kip kinds list KIND”).

private let exampleDay = LocalDate(year: 2024, month: 3, day: 29)

extension BounceSweep {
    /// Looks for mail that came back until a day.
    public static var example: BounceSweep? { exampleDay.map { BounceSweep(asOf: $0) } }
}

extension ReminderSweep {
    /// Reminds as of a day.
    public static var example: ReminderSweep? { exampleDay.map { ReminderSweep(asOf: $0) } }
}

extension LateCaseSweep {
    /// Looks for late case files as of a day.
    public static var example: LateCaseSweep? { exampleDay.map { LateCaseSweep(asOf: $0) } }
}

extension RetentionSweep {
    /// Wipes what has been kept long enough as of a day.
    public static var example: RetentionSweep? { exampleDay.map { RetentionSweep(asOf: $0) } }
}

extension ApologyLetter {
    /// A letter for a case file.
    public static var example: ApologyLetter? {
        exampleDay.map { ApologyLetter(caseCode: "H01.23-240301-0007", asOf: $0) }
    }
}

extension LeaderDossier {
    /// The papers for a letter's signature.
    public static var example: LeaderDossier? {
        exampleDay.map { LeaderDossier(caseCode: "H01.23-240301-0007", asOf: $0) }
    }
}

extension DunningLetter {
    /// A letter to a unit that owes milestones.
    public static var example: DunningLetter? { exampleDay.map { DunningLetter(unit: "phong-noi-vu", asOf: $0) } }
}

extension ReportCompilation {
    /// A quarter's report.
    public static var example: ReportCompilation? {
        exampleDay.map { ReportCompilation(period: "2024-Q1", asOf: $0, round: 0) }
    }
}

extension ReportSection {
    /// A unit's part of it.
    public static var example: ReportSection? {
        exampleDay.map { ReportSection(period: "2024-Q1", asOf: $0, unit: "phong-noi-vu") }
    }
}

extension ReportAssembly {
    /// Its parts put together.
    public static var example: ReportAssembly? { exampleDay.map { ReportAssembly(period: "2024-Q1", asOf: $0) } }
}
